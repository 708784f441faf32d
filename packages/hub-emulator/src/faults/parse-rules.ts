import { z } from 'zod'
import type { FaultRule } from './fault.ts'

const count = z.number().int().min(0)
const name = z.union([z.string(), z.instanceof(RegExp)])

const when = z.strictObject({
  host: z.enum(['hub', 'cdn']).exactOptional(),
  route: name.exactOptional(),
  model: name.exactOptional(),
  path: name.exactOptional(),
  method: z.string().exactOptional(),
  nth: z.number().int().min(1).exactOptional(),
  count: z.number().int().min(1).exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
  seed: z.number().int().exactOptional(),
})

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), ms: z.number().min(0), jitterMs: z.number().min(0).exactOptional() }),
  z.strictObject({ kind: z.literal('throttle'), bytesPerSecond: z.number().min(1) }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    limiter: z.enum(['own', 'other']).exactOptional(),
    retryAfter: z.union([z.number(), z.string()]).exactOptional(),
    resetSeconds: count.exactOptional(),
    message: z.string().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('cut'), afterBytes: count }),
  z.strictObject({ kind: z.literal('short'), missingBytes: count }),
  z.strictObject({ kind: z.literal('truncate'), missingBytes: count }),
  z.strictObject({ kind: z.literal('corrupt'), at: count.exactOptional() }),
  z.strictObject({ kind: z.literal('endless') }),
  z.strictObject({ kind: z.literal('ignore-range') }),
  z.strictObject({ kind: z.literal('expired') }),
  z.strictObject({ kind: z.literal('malformed-json') }),
  z.strictObject({ kind: z.literal('html') }),
  z.strictObject({ kind: z.literal('huge-json'), bytes: count.exactOptional() }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('hang-body'), afterBytes: count }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('refused'), forMs: z.number().min(0).exactOptional() }),
])

const rules = z.array(z.strictObject({ when: when.exactOptional(), fault }))

/** Rules from a test or from the admin address. @throws {z.ZodError} */
export function parseFaultRules(value: unknown): FaultRule[] {
  return rules.parse(value)
}

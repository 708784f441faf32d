import type { z } from 'zod'

export interface ParameterRange {
  readonly min: number
  readonly max: number
}

const units: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12 }
const pattern = /^(?:min:([\d.]+)([KMBT]?))?,?(?:max:([\d.]+)([KMBT]?))?$/i

/** `min:6B,max:128B`, or one of the two; both ends count. */
export function parseParameterRange(text: string | undefined, context: z.RefinementCtx): ParameterRange | undefined {
  if (text === undefined) return undefined
  const match = pattern.exec(text)
  const min = match?.[1] === undefined ? 0 : Number(match[1]) * (units[match[2]?.toUpperCase() ?? ''] ?? 1)
  const max =
    match?.[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]) * (units[match[4]?.toUpperCase() ?? ''] ?? 1)
  if (match !== null && text !== '' && !Number.isNaN(min + max)) return { min, max }
  context.addIssue({ code: 'custom', message: 'Invalid parameter range', input: text })
  return undefined
}

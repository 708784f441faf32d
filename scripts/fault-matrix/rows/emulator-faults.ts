import type { Fault, FaultRule } from 'hub-emulator'
import { stageDownload } from '../../../packages/core/test/download/stage.ts'
import { truthOf } from '../judge-cache.ts'
import { passThrough } from '../pass-through.ts'
import { smallRepo } from '../small-repo.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

/** Every fault the emulator knows, each in the forms in which it reaches different code. */
const faults: readonly Fault[] = [
  { kind: 'latency', ms: 30, jitterMs: 100 },
  { kind: 'throttle', bytesPerSecond: 8_000_000 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 408 },
  { kind: 'status', status: 416 },
  { kind: 'status', status: 429, resetSeconds: 1 },
  { kind: 'status', status: 429, limiter: 'other', retryAfter: 1 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 504 },
  { kind: 'cut', afterBytes: 0 },
  { kind: 'cut', afterBytes: 150_000 },
  { kind: 'short', missingBytes: 1 },
  { kind: 'short', missingBytes: 100_000 },
  { kind: 'truncate', missingBytes: 1 },
  { kind: 'truncate', missingBytes: 100_000 },
  { kind: 'corrupt' },
  { kind: 'corrupt', at: 0 },
  { kind: 'endless' },
  { kind: 'ignore-range' },
  { kind: 'expired' },
  { kind: 'malformed-json' },
  { kind: 'html' },
  { kind: 'huge-json', bytes: 100_000_000 },
  { kind: 'hang' },
  { kind: 'hang-body', afterBytes: 0 },
  { kind: 'hang-body', afterBytes: 150_000 },
  { kind: 'reset' },
  { kind: 'refused', forMs: 300 },
]

/** How often: one answer, a few, all. */
const counts = [1, 3, Infinity] as const
const hosts = ['hub', 'cdn'] as const

/** A run may end with any of these, each clear in itself. Anything else is an error nobody thought of. */
const CLEAR_ENDINGS = [
  'done',
  'ERR_ACCESS_REFUSED',
  'ERR_FILE_NOT_FOUND',
  'ERR_HUB_ANSWER',
  'ERR_HUB_STATUS',
  'ERR_HUB_UNREACHABLE',
  'ERR_INTEGRITY',
  'ERR_MODEL_NOT_FOUND',
  'ERR_RATE_LIMITED',
  'ERR_REVISION_NOT_FOUND',
  'ERR_TOKEN_INVALID',
]

export const singleFaults: Trouble = {
  title: 'each fault of the emulator alone, once, three times and for good',
  atOnce: 12,
  count: Infinity,
  shortCount: 7,
  cases: ({ count }) => {
    const rules = faults.flatMap((fault) => hosts.flatMap((host) => counts.map((times) => ruleOf(fault, host, times))))
    return Promise.resolve(
      spread(
        rules.map((rule) => caseOf([rule])),
        count,
      ),
    )
  },
}

export const faultPairs: Trouble = {
  title: 'two faults of the emulator at random',
  atOnce: 12,
  count: 200,
  shortCount: 7,
  cases: ({ count, random }) => {
    const anyOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
    const anyRule = (): FaultRule => ruleOf(anyOf(faults), anyOf(hosts), anyOf(counts), 1 + Math.floor(random() * 6))
    return Promise.resolve(Array.from({ length: count }, () => caseOf([anyRule(), anyRule()])))
  },
}

function ruleOf(fault: Fault, host: (typeof hosts)[number], times: number, nth = 1): FaultRule {
  return { when: { host, nth, ...(times === Infinity ? {} : { count: times }) }, fault }
}

function caseOf(rules: readonly FaultRule[]): Case {
  return { name: JSON.stringify(rules), run: () => meet(rules) }
}

async function meet(rules: readonly FaultRule[]): Promise<Seen> {
  await using stage = await stageDownload(smallRepo)
  const { hub } = stage
  hub.admin.setFaults({ rules })
  return await passThrough({
    stage,
    truth: await truthOf(smallRepo),
    // A second of silence is as good as minutes for finding out what happens then.
    options: { client: stage.client({ HF_HUB_ETAG_TIMEOUT: '1' }), stallMs: 300, patienceMs: 1000 },
    mend: async () => {
      hub.admin.setFaults({ rules: [] })
      hub.admin.setRateLimits({})
      for (const host of hosts) await hub.admin.accept({ host })
    },
    endings: CLEAR_ENDINGS,
  })
}

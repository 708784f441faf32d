import { setTimeout as sleep } from 'node:timers/promises'
import { computedContent } from 'hub-emulator'
import { type Files, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { doneEventOf, startGet } from '../get-process.ts'
import { judgeCache, truthOf } from '../judge-cache.ts'
import { openConnections, promisedBytes, sentBytes } from '../sent-bytes.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

const MIB = 1024 * 1024
const DAY_MS = 86_400_000
const files: Files = {
  'config.json': '{"a":1}',
  'model.safetensors': { content: computedContent(12 * MIB, 'weights') },
}
const SIZE_BYTES = 12 * MIB + 7

/** In days: the clock of the process that is killed, that of the one that finishes, that of the Hub. */
const clocks = [
  [1, 1, 0],
  [-1, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, -1],
  [0, -1, 1],
] as const
type Clocks = (typeof clocks)[number]

export const wrongClocks: Trouble = {
  title:
    'clocks wrong by a day, of the process that is killed, of the next one, of the Hub, which also asks to slow down until a date',
  atOnce: 2,
  count: Infinity,
  shortCount: 1,
  cases: ({ count }) =>
    Promise.resolve(
      spread(
        clocks.map((days): Case => ({ name: `days: ${days.join(', ')}`, run: () => getAtWrongTimes(days) })),
        count,
      ),
    ),
}

async function getAtWrongTimes([first, second, ofHub]: Clocks): Promise<Seen> {
  const throttled = { when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 2 * MIB } } as const
  await using stage = await stageDownload(files, {}, { faults: [throttled] })
  const { hub } = stage
  hub.admin.setClock({ offsetMs: ofHub * DAY_MS })
  const killed = startGet(stage, [], clockAhead(first))
  while (sentBytes(hub) < SIZE_BYTES / 2) await sleep(5)
  const connections = openConnections(hub)
  killed.kill()
  await killed.ended
  const retryAfter = new Date(Date.now() + ofHub * DAY_MS + 1000).toUTCString()
  const slowDown = { kind: 'status', status: 429, limiter: 'other', retryAfter } as const
  hub.admin.setFaults({
    rules: [
      { when: { host: 'cdn', count: 1 }, fault: slowDown },
      { when: { host: 'hub', nth: 2, count: 1 }, fault: slowDown },
    ],
  })
  doneEventOf(await startGet(stage, [], clockAhead(second)).ended)
  const problems = await judgeCache(stage.hubCache, await truthOf(files), { isComplete: true })
  if (problems.length > 0) throw new Error(problems.join('; '))
  return {
    ending: 'exit 0',
    refetch: { bytes: sentBytes(hub) - SIZE_BYTES, boundBytes: promisedBytes(SIZE_BYTES, connections) },
  }
}

/** Of the whole process, the store's thread too, to which the options of its environment do not come by themselves. */
function clockAhead(days: number): Record<string, string> {
  const script = `
    import threads from 'node:worker_threads'
    import { syncBuiltinESMExports } from 'node:module'
    const RealDate = Date
    globalThis.Date = class extends RealDate {
      constructor(...given) { if (given.length > 0) super(...given); else super(RealDate.now() + ${days * DAY_MS}) }
      static now() { return RealDate.now() + ${days * DAY_MS} }
    }
    threads.Worker = class extends threads.Worker {
      constructor(file, options) { super(file, { ...options, execArgv: [process.env.NODE_OPTIONS] }) }
    }
    syncBuiltinESMExports()`
  return days === 0 ? {} : { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
}

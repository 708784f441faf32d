import { setTimeout as sleep } from 'node:timers/promises'
import { computedContent, type HubEmulator } from 'hub-emulator'
import { type DownloadStage, type Files, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { doneEventOf, startGet } from '../get-process.ts'
import { judgeCache, type Truth, truthOf } from '../judge-cache.ts'
import { openConnections, promisedBytes, sentBytes } from '../sent-bytes.ts'
import type { Case, Seen, Trouble } from '../trouble.ts'
import { unreadBytes } from '../unread-bytes.ts'

const MIB = 1024 * 1024

/** Repos of other shapes: one large file, a few, many small ones. */
const shapes: readonly Files[] = [
  { 'config.json': '{"a":1}', 'model.safetensors': { content: computedContent(40 * MIB + 77, 'one large file') } },
  {
    'config.json': '{"a":1}',
    'tokenizer.json': { content: computedContent(2 * MIB, 'tokenizer') },
    'model-00001-of-00002.safetensors': { content: computedContent(14 * MIB + 1, 'the first shard') },
    'model-00002-of-00002.safetensors': { content: computedContent(9 * MIB, 'the second shard') },
  },
  Object.fromEntries(
    Array.from({ length: 24 }, (_, index) => [
      `part/${index}.bin`,
      { content: computedContent(300_000 + index * 70_000, `part ${index}`) },
    ]),
  ),
]
/** Slow enough for what was sent to have arrived: the process waits for bytes, not they for it. */
const BYTES_PER_SECOND = 3 * MIB

export const kills: Trouble = {
  title: 'kill -9 of `hubgate get` at a random moment',
  atOnce: 3,
  count: 200,
  shortCount: 3,
  async cases({ count, random }) {
    const truths = await Promise.all(shapes.map(truthOf))
    return Array.from({ length: count }, (_, index): Case => {
      const shape = index % shapes.length
      const moment = momentOf(random(), random())
      const { share, laterMs } = moment
      return {
        name: `kill ${index + 1}, shape ${shape}, ${laterMs.toFixed(0)} ms after ${(share * 100).toFixed(1)} % of the bytes`,
        run: () => killAndFinish(shapes[shape] ?? {}, truths[shape] ?? new Map(), moment),
      }
    })
  },
}

/** So long after so much of the bytes went out: by the bytes, since machines are slow, and some before the first and after the last. */
interface Moment {
  /** From 0 to 1. */
  readonly share: number
  readonly laterMs: number
}

function momentOf(where: number, within: number): Moment {
  if (where < 0.1) return { share: 0, laterMs: within * 400 }
  if (where > 0.85) return { share: 1, laterMs: within * 150 }
  return { share: within, laterMs: 0 }
}

async function waitFor(
  hub: HubEmulator,
  { share, laterMs }: Moment,
  sizeBytes: number,
  end: AbortSignal,
): Promise<void> {
  while (sentBytes(hub) < share * sizeBytes && !end.aborted) await sleep(3)
  await sleep(laterMs)
}

async function stageSlowly(files: Files): Promise<DownloadStage> {
  const fault = { kind: 'throttle', bytesPerSecond: BYTES_PER_SECOND } as const
  return stageDownload(files, {}, { faults: [{ when: { host: 'cdn' }, fault }] })
}

async function killAndFinish(files: Files, truth: Truth, moment: Moment): Promise<Seen> {
  await using stage = await stageSlowly(files)
  const { hub, hubCache } = stage
  const first = startGet(stage)
  const sizeBytes = sentOnce(files)
  const end = new AbortController()
  await Promise.race([waitFor(hub, moment, sizeBytes, end.signal), first.ended])
  end.abort()
  // What it had read stands still for a moment, and can be told.
  first.stop()
  await sleep(5)
  const connections = openConnections(hub)
  const receivedBefore = sentBytes(hub) - unreadBytes([hub.cdn, hub.endpoint].map((url) => Number(new URL(url).port)))
  first.kill()
  const { code } = await first.ended
  const falseBefore = await judgeCache(hubCache, truth, { isComplete: code === 0 })
  if (falseBefore.length > 0) throw new Error(`after the kill: ${falseBefore.join('; ')}`)
  hub.admin.setFaults({ rules: [] })
  const { fetchedBytes } = doneEventOf(await startGet(stage).ended)
  const falseAfter = await judgeCache(hubCache, truth, { isComplete: true })
  if (falseAfter.length > 0) throw new Error(`after the next run: ${falseAfter.join('; ')}`)
  const ending =
    code === 0 ? 'was done' : receivedBefore === 0 ? 'no byte yet' : fetchedBytes === 0 ? 'all bytes' : 'some bytes'
  return {
    ending,
    refetch: { bytes: receivedBefore + fetchedBytes - sizeBytes, boundBytes: promisedBytes(sizeBytes, connections) },
  }
}

function sentOnce(files: Files): number {
  return Object.values(files).reduce((sum, spec) => sum + (typeof spec === 'string' ? spec.length : sizeOf(spec)), 0)
}

function sizeOf(spec: Exclude<Files[string], string>): number {
  const content = 'content' in spec ? spec.content : undefined
  if (content === undefined || typeof content === 'string' || !('size' in content)) throw new Error('of unknown size')
  return content.size
}

import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { computedContent, type FaultRule, type HubEmulator } from 'hub-emulator'
import { type DownloadStage, type Files, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { doneEventOf, startGet } from '../get-process.ts'
import { judgeCache, judgeFolder, type Truth, truthOf } from '../judge-cache.ts'
import { openConnections, promisedBytes, receivedBytes, sentBytes } from '../sent-bytes.ts'
import type { Case, Seen, Trouble } from '../trouble.ts'

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
const slowLine: readonly FaultRule[] = [{ when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 3 * MIB } }]

/** What makes it take its time, and where it puts the files. */
interface Way {
  readonly name: string
  readonly faults: readonly FaultRule[]
  readonly args: (stage: DownloadStage) => readonly string[]
  readonly judge: (stage: DownloadStage, truth: Truth, options: { readonly isComplete: boolean }) => Promise<string[]>
}

const localFolder = ({ home }: DownloadStage): string => path.join(home, 'mine')
const ways: readonly Way[] = [
  {
    name: 'a slow line',
    faults: slowLine,
    args: () => [],
    judge: ({ hubCache }, truth, options) => judgeCache(hubCache, truth, options),
  },
  {
    name: '--limit-rate',
    faults: [],
    args: () => ['--limit-rate', '16MB/s'],
    judge: ({ hubCache }, truth, options) => judgeCache(hubCache, truth, options),
  },
  {
    name: '--local-dir',
    faults: slowLine,
    args: (stage) => ['--local-dir', localFolder(stage)],
    judge: (stage, truth, options) => judgeFolder(localFolder(stage), truth, options),
  },
]

export const kills: Trouble = {
  title: 'kill -9 of `hubgate get` at a random moment',
  atOnce: 3,
  count: 200,
  shortCount: 3,
  async cases({ count, random }) {
    const truths = await Promise.all(shapes.map(truthOf))
    return Array.from({ length: count }, (_, index): Case => {
      const shape = index % shapes.length
      const [files = {}, truth = new Map()] = [shapes[shape], truths[shape]]
      const way = ways[Math.floor(index / shapes.length) % ways.length] as Way
      const moment = momentOf(random(), random())
      const when = `${moment.laterMs.toFixed(0)} ms after ${(moment.share * 100).toFixed(1)} % of the bytes`
      return {
        name: `kill ${index + 1}, shape ${shape}, ${way.name}, ${when}`,
        run: () => killAndFinish({ files, truth, way, moment }),
      }
    })
  },
}

/** So long after so much of the bytes came: by the bytes, since machines are slow, and some before the first and after the last. */
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
  const hasCome = (): boolean => sentBytes(hub) >= share * sizeBytes && receivedBytes(hub) >= share * sizeBytes
  while (!hasCome() && !end.aborted) await sleep(10)
  await sleep(laterMs)
}

interface Kill {
  readonly files: Files
  readonly truth: Truth
  readonly way: Way
  readonly moment: Moment
}

async function killAndFinish({ files, truth, way, moment }: Kill): Promise<Seen> {
  await using stage = await stageDownload(files, {}, { faults: way.faults })
  const { hub } = stage
  const args = way.args(stage)
  const first = startGet(stage, args)
  const sizeBytes = sentOnce(files)
  const end = new AbortController()
  await Promise.race([waitFor(hub, moment, sizeBytes, end.signal), first.ended])
  end.abort()
  // What it has read stands still for a moment, and can be told.
  first.stop()
  await sleep(5)
  const [received, connections] = [receivedBytes(hub), openConnections(hub)]
  first.kill()
  const { code } = await first.ended
  const falseBefore = await way.judge(stage, truth, { isComplete: code === 0 })
  if (falseBefore.length > 0) throw new Error(`after the kill: ${falseBefore.join('; ')}`)
  hub.admin.setFaults({ rules: [] })
  const { fetchedBytes } = doneEventOf(await startGet(stage, args).ended)
  const falseAfter = await way.judge(stage, truth, { isComplete: true })
  if (falseAfter.length > 0) throw new Error(`after the next run: ${falseAfter.join('; ')}`)
  return {
    ending: code === 0 ? 'was done' : received === 0 ? 'no byte yet' : fetchedBytes === 0 ? 'all bytes' : 'some bytes',
    refetch: { bytes: received + fetchedBytes - sizeBytes, boundBytes: promisedBytes(sizeBytes, connections) },
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

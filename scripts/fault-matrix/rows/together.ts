import { setTimeout as sleep } from 'node:timers/promises'
import { computedContent } from 'hub-emulator'
import { type DownloadStage, type Files, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { doneEventOf, type GetProcess, startGet } from '../get-process.ts'
import { judgeCache, truthOf } from '../judge-cache.ts'
import { openConnections, promisedBytes, sentBytes } from '../sent-bytes.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

const MIB = 1024 * 1024
const files: Files = {
  'config.json': '{"a":1}',
  'model-00001-of-00002.safetensors': { content: computedContent(12 * MIB, 'the first shard') },
  'model-00002-of-00002.safetensors': { content: computedContent(6 * MIB, 'the second shard') },
}
const SIZE_BYTES = 18 * MIB + 7

export const together: Trouble = {
  title: 'two and five processes at once for one model, also when the one that fetches is killed, once and again',
  atOnce: 1,
  count: Infinity,
  shortCount: 1,
  cases: ({ count }) => {
    const cases = [2, 5].flatMap((processes) =>
      [1, 0, 2].map(
        (kills): Case => ({
          name: `${processes} processes, ${Math.min(kills, processes - 1)} killed`,
          run: () => getTogether(processes, Math.min(kills, processes - 1)),
        }),
      ),
    )
    return Promise.resolve(spread([...cases, ...cases], count))
  },
}

async function getTogether(processes: number, kills: number): Promise<Seen> {
  const fault = { kind: 'throttle', bytesPerSecond: 2 * MIB } as const
  await using stage = await stageDownload(files, {}, { faults: [{ when: { host: 'cdn' }, fault }] })
  const running = new Set(Array.from({ length: processes }, () => startGet(stage)))
  let connections = 0
  for (let killed = 1; killed <= kills; killed += 1) {
    const fetching = await whoFetches(stage, running, (killed * SIZE_BYTES) / (kills + 2))
    connections += openConnections(stage.hub)
    fetching.kill()
    await fetching.ended
    running.delete(fetching)
  }
  const fetched: number[] = []
  for (const { ended } of running) fetched.push(doneEventOf(await ended).fetchedBytes)
  const problems = await judgeCache(stage.hubCache, await truthOf(files), { isComplete: true })
  if (problems.length > 0) throw new Error(problems.join('; '))
  if (fetched.filter((bytes) => bytes > 0).length > 1) throw new Error(`several fetched: ${fetched.join(', ')} bytes`)
  const ending = kills === 0 ? 'one fetched, all ended with 0' : 'another took over, all others ended with 0'
  const refetch = { bytes: sentBytes(stage.hub) - SIZE_BYTES, boundBytes: promisedBytes(SIZE_BYTES, connections) }
  return { ending, ...(kills === 0 && refetch.bytes === 0 ? {} : { refetch }) }
}

/** The process that tells of a plan: the others wait for it. */
async function whoFetches(
  { hub }: DownloadStage,
  running: ReadonlySet<GetProcess>,
  bytes: number,
): Promise<GetProcess> {
  for (;;) {
    const found = [...running].find((process) => process.output().includes('"type":"planned"'))
    if (found !== undefined && sentBytes(hub) >= bytes) return found
    await sleep(5)
  }
}

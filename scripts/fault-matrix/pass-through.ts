import type { DownloadEvent, DownloadSnapshotOptions } from '@hubgate/core/download'
import { downloadSnapshot } from '@hubgate/core/download'
import type { DownloadStage } from '../../packages/core/test/download/stage.ts'
import { judgeCache, judgeFolder, type Truth } from './judge-cache.ts'
import { byteRequests, promisedBytes } from './sent-bytes.ts'
import type { Refetch, Seen } from './trouble.ts'

export interface Passage {
  readonly stage: DownloadStage
  readonly truth: Truth
  /** Of the run that meets the trouble. */
  readonly options?: Partial<DownloadSnapshotOptions>
  /** Of both runs. */
  readonly common?: Partial<DownloadSnapshotOptions>
  /** Takes the trouble away. */
  readonly mend?: () => void | Promise<void>
  /** How the first run may end: `done`, or the code of an error. */
  readonly endings: readonly string[]
}

/**
 * A run in trouble, then one without. Looks through what is on disk after each.
 * @throws where something is false, an error is not one of those that may be, or the second run does not complete
 */
export async function passThrough(passage: Passage): Promise<Seen> {
  const { stage, truth, options = {}, common = {}, endings } = passage
  const { localFolder } = common
  const judge = (isComplete: boolean): Promise<string[]> =>
    localFolder === undefined
      ? judgeCache(stage.hubCache, truth, { isComplete })
      : judgeFolder(localFolder, truth, { isComplete })
  const first = await runOnce(stage, { all: true, ...common, ...options })
  await expectTrue(`after ${first.ending}`, judge(first.ending === 'done'))
  if (!endings.includes(first.ending)) throw new Error(`ended with ${first.ending}: ${first.message}`)
  const connections = mostAtOnce(stage)
  await passage.mend?.()
  const second = await runOnce(stage, { all: true, ...common })
  if (second.ending !== 'done') throw new Error(`after ${first.ending} the next run ended with ${second.message}`)
  await expectTrue('after the next run', judge(true))
  // Wrong bytes were thrown away on purpose.
  if (first.ending === 'ERR_INTEGRITY') return { ending: first.ending }
  return { ending: first.ending, refetch: refetchOf(first, second, connections) }
}

interface RunSeen {
  readonly ending: string
  readonly message: string
  /** Of the bytes of the snapshot, what was here when it was planned, and what it said was here at its end. */
  readonly plannedBytes: number
  readonly keptBytes: number
  readonly doneBytes: number
}

async function runOnce(
  stage: DownloadStage,
  { all, ...changes }: Partial<DownloadSnapshotOptions> & { readonly all: boolean },
): Promise<RunSeen> {
  const events: DownloadEvent[] = []
  let [ending, message] = ['done', '']
  try {
    const onEvent = (event: DownloadEvent): void => {
      events.push(event)
      changes.onEvent?.(event)
    }
    await downloadSnapshot('acme/tiny', stage.options({ choice: { all }, ...changes, onEvent }))
  } catch (error) {
    ending = error instanceof Error && 'code' in error ? String(error.code) : 'an error without a code'
    message = error instanceof Error ? `${ending}: ${error.message}` : String(error)
  }
  const planned = events.find((event) => event.type === 'planned')?.plan
  const last = events.findLast((event) => event.type === 'progress')
  const keptBytes = planned === undefined ? 0 : planned.sizeBytes - planned.fetchBytes
  return { ending, message, plannedBytes: planned?.sizeBytes ?? 0, keptBytes, doneBytes: last?.doneBytes ?? keptBytes }
}

/** What the first run had received, and the second did not find. */
function refetchOf(first: RunSeen, second: RunSeen, connections: number): Refetch {
  const isAllThere = second.plannedBytes === 0
  const bytes = isAllThere ? 0 : Math.max(0, first.doneBytes - second.keptBytes)
  return { bytes, boundBytes: promisedBytes(first.plannedBytes, Math.max(1, connections)) }
}

/** Connections that brought bytes at the same time, at the most. */
function mostAtOnce({ hub }: DownloadStage): number {
  const requests = byteRequests(hub)
  const countAt = (moment: number): number =>
    requests.filter(({ at, durationMs = Infinity }) => at <= moment && moment <= at + durationMs).length
  return Math.max(0, ...requests.map(({ at }) => countAt(at)))
}

async function expectTrue(when: string, judged: Promise<readonly string[]>): Promise<void> {
  const problems = await judged
  if (problems.length > 0) throw new Error(`${when}: ${problems.join('; ')}`)
}

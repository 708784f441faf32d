import { setImmediate as nextTurn } from 'node:timers/promises'
import { assertSafePaths } from '../cache/safe-path.ts'
import type { DownloadSession } from './download-session.ts'
import { chooseFiles } from './plan-choice.ts'
import { type PlannedFile, planChosen, type SnapshotPlan } from './plan-snapshot.ts'
import type { KnownFile, SnapshotContent, SnapshotTarget } from './target.ts'

/** What is to be done for a snapshot, and the contents it is to be done with. */
export interface SnapshotWork {
  readonly plan: SnapshotPlan
  readonly files: readonly KnownFile[]
  readonly contents: readonly SnapshotContent[]
}

/**
 * Looks at what is there, and plans the rest. Of 100,000 files each step takes a tenth of a second or so: in between it is
 * seen to whatever else there is to do, such as a Ctrl-C.
 * @throws {HubgateError} as `planSnapshot`
 */
export async function planWork(
  { choice, platform, signal }: Pick<DownloadSession, 'choice' | 'platform' | 'signal'>,
  target: SnapshotTarget,
  listing: readonly KnownFile[],
): Promise<SnapshotWork> {
  const chosen = chooseFiles(listing, choice)
  await nextTurn(undefined, { signal })
  const { files } = chosen
  const paths = files.map(({ path }) => path)
  assertSafePaths(paths, platform === undefined ? {} : { platform })
  await nextTurn(undefined, { signal })
  const present = await target.present(files)
  await nextTurn(undefined, { signal })
  const plan = planChosen(chosen, present)
  await nextTurn(undefined, { signal })
  return { plan, files, contents: contentsOf(plan.files) }
}

/** A file under several paths is fetched once. */
function contentsOf(files: readonly PlannedFile[]): SnapshotContent[] {
  const byEtag = Map.groupBy(files, ({ etag }) => etag ?? '')
  return Array.from(byEtag, ([etag, own]) => ({
    etag,
    sizeBytes: own[0]?.sizeBytes ?? 0,
    paths: own.map(({ path }) => path),
    action: own[0]?.action ?? 'fetch',
  }))
}

import type { FileChoice } from './plan-choice.ts'
import type { PlannedFile, SnapshotPlan } from './plan-snapshot.ts'
import { planSnapshot } from './plan-snapshot.ts'
import type { KnownFile, SnapshotContent, SnapshotTarget } from './target.ts'

/** What is to be done for a snapshot, and the contents it is to be done with. */
export interface SnapshotWork {
  readonly plan: SnapshotPlan
  readonly files: readonly KnownFile[]
  readonly contents: readonly SnapshotContent[]
}

/** Looks at what is there, and plans the rest. */
export async function planWork(
  target: SnapshotTarget,
  listing: readonly KnownFile[],
  choice: FileChoice,
  platform: string | undefined,
): Promise<SnapshotWork> {
  const where = platform === undefined ? {} : { platform }
  const chosen = planSnapshot(listing, { choice, ...where })
  const paths = new Set(chosen.files.map(({ path }) => path))
  const files = listing.filter(({ path }) => paths.has(path))
  const plan = planSnapshot(listing, { choice, present: await target.present(files), ...where })
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

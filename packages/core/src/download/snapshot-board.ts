import { sum } from '../util/sum.ts'
import type { DownloadEvent } from './events.ts'
import { ProgressBoard } from './progress-board.ts'
import type { SnapshotWork } from './snapshot-work.ts'

/** What is shown of our own course: partial data counts once its file is begun. */
export function ownBoard(work: SnapshotWork, tell: (event: DownloadEvent) => void): ProgressBoard {
  const kept = work.contents.filter(({ action }) => action === 'keep')
  return new ProgressBoard({ ...countsOf(work), keptBytes: sum(kept.map(({ sizeBytes }) => sizeBytes)) }, tell)
}

/** Of what another process is at, only what has gathered so far can be seen. */
export function otherBoard(work: SnapshotWork): ProgressBoard {
  const { sizeBytes, fetchBytes } = work.plan
  return new ProgressBoard({ ...countsOf(work), keptBytes: sizeBytes - fetchBytes })
}

/** Content that several paths share counts once. */
function countsOf({ plan, contents }: SnapshotWork): { sizeBytes: number; fileCount: number; keptFiles: number } {
  const keptFiles = contents.filter(({ action }) => action === 'keep').length
  return { sizeBytes: plan.sizeBytes, fileCount: contents.length, keptFiles }
}

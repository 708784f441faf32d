import type { DownloadedSnapshot } from './download-options.ts'
import type { PresentFile } from './find-complete.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import type { SnapshotTarget } from './target.ts'

/** What came of a download. Without `course`, everything was there, and the Hub said that it is what was asked for. */
export function downloaded(
  { modelId, renamedFrom, cachedAs, commitHash }: SnapshotSubject,
  { path }: SnapshotTarget,
  files: readonly PresentFile[],
  course: Partial<Pick<DownloadedSnapshot, 'fetchedBytes' | 'wasComplete' | 'isUncertain' | 'isUnconfirmed'>> = {},
): DownloadedSnapshot {
  const shown = files.map((file) => ({ path: file.path, sizeBytes: file.sizeBytes }))
  const unasked = { fetchedBytes: 0, wasComplete: true, isUncertain: false, isUnconfirmed: false }
  return { modelId, renamedFrom, cachedAs, commitHash, path, files: shown, ...unasked, ...course }
}

import { readRef, refChangedAt } from '../cache/refs.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { hasSystemCode } from '../cache/system-code.ts'
import type { DownloadSession } from './download-session.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import type { SnapshotTarget } from './target.ts'

/** Remembers which commit the revision led to; where it was seen to lead elsewhere since, that stands. */
export async function rememberRevision(
  { hubCache, localFolder, commitAsOf }: DownloadSession,
  { cachedAs, revision, commitHash }: SnapshotSubject,
  target: SnapshotTarget,
): Promise<void> {
  if (localFolder !== undefined) return
  const folder = repoFolderPath(hubCache, cachedAs)
  const remembered = await readRef(folder, revision)
  if (remembered === commitHash) return
  if (remembered !== undefined && commitAsOf !== undefined) {
    const changedAt = await refChangedAt(folder, revision)
    if (changedAt !== undefined && changedAt > commitAsOf) return
  }
  try {
    await target.finish(revision)
  } catch (error) {
    // Where all is there already nobody holds the lease: whoever does may have taken our scratch file for one left over.
    if (!hasSystemCode(error, ['ENOENT'])) throw error
    await target.finish(revision)
  }
}

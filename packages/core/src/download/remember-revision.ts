import { readRef, refChangedAt } from '../cache/refs.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { hasSystemCode } from '../cache/system-code.ts'
import type { DownloadSession } from './download-session.ts'
import { keptFolder, readKeptRef } from './kept-folder.ts'
import { forgetRename, keepRename } from './kept-names.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import type { SnapshotTarget } from './target.ts'

/** Remembers which commit the revision led to, and which model its name; where it was seen to lead elsewhere since, that stands. */
export async function rememberRevision(
  { hubCache, listingFolder, localFolder, commitAsOf }: DownloadSession,
  { modelId, renamedFrom, cachedAs, revision, commitHash }: SnapshotSubject,
  target: SnapshotTarget,
): Promise<void> {
  const naming =
    renamedFrom === undefined
      ? forgetRename(listingFolder, modelId)
      : keepRename(listingFolder, { former: renamedFrom, present: modelId })
  // Of use only where the Hub cannot be asked.
  await naming.catch(() => undefined)
  const folder = localFolder === undefined ? repoFolderPath(hubCache, cachedAs) : keptFolder(listingFolder, modelId)
  const remembered =
    localFolder === undefined ? await readRef(folder, revision) : await readKeptRef(listingFolder, modelId, revision)
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

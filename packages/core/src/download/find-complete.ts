import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { snapshotPath } from '../cache/layout.ts'
import { listLocalRecords } from '../cache/local-records.ts'
import { mapSome } from '../cache/map-some.ts'
import { findPointer } from '../cache/pointers.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { walkFiles } from '../cache/walk-files.ts'
import type { DownloadSession } from './download-session.ts'
import { chooseFiles, type FileChoice } from './plan-choice.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import type { KnownFile, SnapshotTarget } from './target.ts'

export interface PresentFile {
  readonly path: string
  readonly sizeBytes: number
}

export type Finding = Pick<DownloadSession, 'hubCache' | 'localFolder' | 'choice' | 'signal'>

/** The chosen files where they are to be, if all of them are there: in the cache, or in the user's folder. */
export async function findWhole(
  { hubCache, localFolder, choice, signal }: Finding,
  subject: SnapshotSubject,
  target: SnapshotTarget,
  listing: readonly KnownFile[] | undefined,
): Promise<readonly PresentFile[] | undefined> {
  // Reading a listing of 100,000 files and choosing among them each take their time: see `planWork`.
  await nextTurn(undefined, { signal })
  if (localFolder === undefined) return findComplete(hubCache, subject, listing, choice)
  if (listing === undefined) return undefined
  const { files } = chooseFiles(listing, choice)
  return (await target.isPlaced(files)) ? files : undefined
}

/** What is there of a commit, for when nobody knows what there should be. */
export async function findWhateverIsThere(
  { hubCache, localFolder }: Finding,
  subject: SnapshotSubject,
): Promise<readonly PresentFile[]> {
  if (localFolder === undefined) return findSnapshotFiles(hubCache, subject)
  return (await listLocalRecords(localFolder)).filter(({ commitHash }) => commitHash === subject.commitHash)
}

/**
 * The chosen files of a snapshot in the cache, if all of them are there; `undefined` if not, or if nobody knows which there
 * should be. Every tool gives a file its name only when it is whole.
 * @param listing what the commit holds; without it, the names that the Hub's details gave
 */
async function findComplete(
  hubCache: string,
  subject: SnapshotSubject,
  listing: readonly KnownFile[] | undefined,
  choice: FileChoice,
): Promise<PresentFile[] | undefined> {
  const names = subject.details?.siblings?.map(({ rfilename }) => ({ path: rfilename, sizeBytes: undefined }))
  const all: readonly { readonly path: string; readonly sizeBytes: number | undefined }[] | undefined = listing ?? names
  // That there is nothing at all is for the listing to say.
  if (all === undefined || all.length === 0) return undefined
  const chosen = chooseFiles(all, choice).files
  const folder = repoFolderPath(hubCache, subject.cachedAs)
  const sizes = new Map<string, number>()
  const isMissing = new Error('a file is missing')
  try {
    await mapSome(chosen, async ({ path: file, sizeBytes }) => {
      const found = await findPointer(folder, subject.commitHash, file)
      if (found === undefined || (sizeBytes !== undefined && found.sizeBytes !== sizeBytes)) throw isMissing
      sizes.set(file, found.sizeBytes)
    })
  } catch (error) {
    if (error === isMissing) return undefined
    throw error
  }
  return chosen.map((file) => ({ path: file.path, sizeBytes: sizes.get(file.path) ?? 0 }))
}

/** Everything in the snapshot's folder. */
async function findSnapshotFiles(hubCache: string, { cachedAs, commitHash }: SnapshotSubject): Promise<PresentFile[]> {
  const folder = repoFolderPath(hubCache, cachedAs)
  const snapshot = snapshotPath(folder, commitHash)
  const paths = (await walkFiles(snapshot)).map((file) => path.relative(snapshot, file.path).replaceAll(path.sep, '/'))
  const found = await mapSome(paths, (file) => findPointer(folder, commitHash, file))
  return paths.flatMap((file, index) => {
    const sizeBytes = found[index]?.sizeBytes
    return sizeBytes === undefined ? [] : [{ path: file, sizeBytes }]
  })
}

import { lstat, stat } from 'node:fs/promises'
import path from 'node:path'
import { isCommitHash, refPath, refsPath, snapshotPath } from './layout.ts'
import { refuseObstacles } from './obstacles.ts'
import { readPlainFile } from './read-plain-file.ts'
import { makeRealFolder } from './real-folder.ts'
import type { RepoCache } from './repo-cache.ts'
import { withScratch } from './scratch.ts'
import { orAbsent } from './system-code.ts'

const MAX_REF_BYTES = 1024

/**
 * The commit a revision was last resolved to; a commit hash is its own. `undefined` for a ref never written, and for one
 * that holds anything but a commit hash: `huggingface_hub` would not find its snapshot either.
 * @throws {HubgateError} `ERR_UNSAFE_PATH` for a revision that is no name for a file
 */
export async function readRef(repoFolder: string, revision: string): Promise<string | undefined> {
  if (isCommitHash(revision)) return revision
  const text = await readRefFile(refPath(repoFolder, revision))
  return text !== undefined && isCommitHash(text) ? text : undefined
}

/** What a ref holds, to the last character; `undefined` for what is no ref. */
export function readRefFile(file: string): Promise<string | undefined> {
  return readPlainFile(file, { encoding: 'utf8', maxBytes: MAX_REF_BYTES })
}

/** When it was last made to lead elsewhere; `undefined` for a ref never written. */
export async function refChangedAt(repoFolder: string, revision: string): Promise<Date | undefined> {
  return (await orAbsent(stat(refPath(repoFolder, revision))))?.mtime
}

/**
 * Makes the folders of a ref, and refuses what lies in its place: asked before anything is fetched for it. A commit hash needs none.
 * @throws {HubgateError} `ERR_UNSAFE_PATH`, `ERR_WRITE`
 */
export async function prepareRef(cache: RepoCache, revision: string): Promise<void> {
  if (isCommitHash(revision)) return
  await makeRefFolders(cache, revision)
  await refuseObstacles([refPath(cache.folder, revision)])
}

/**
 * Remembers revision → commit hash, in one step and without a line break: readers do not trim. A commit hash needs no ref.
 * @throws {HubgateError} `ERR_UNSAFE_PATH` where a link would lead it out of the cache, `ERR_WRITE` where no file can lie there
 * @throws {Error} where the snapshot folder is not there: a ref to nothing makes the whole repo unreadable for `hf cache ls`
 */
export async function writeRef(cache: RepoCache, revision: string, commitHash: string): Promise<void> {
  if (revision === commitHash) return
  const file = refPath(cache.folder, revision)
  const snapshot = await orAbsent(lstat(snapshotPath(cache.folder, commitHash)))
  if (!snapshot?.isDirectory())
    throw new Error(`Cannot point "${revision}" to ${commitHash}: there is no snapshot folder of that commit`)
  if ((await readRef(cache.folder, revision)) === commitHash) return
  await prepareRef(cache, revision)
  await withScratch(cache, async (scratch) => {
    {
      await using ref = await cache.disk.open(scratch)
      await ref.write(Buffer.from(commitHash), 0)
      await ref.sync()
    }
    await cache.disk.rename(scratch, file)
  })
  await cache.disk.syncFolder(path.dirname(file))
}

/** `refs` itself, and one for each part of a name such as `refs/pr/1`. */
async function makeRefFolders({ folder: repoFolder, disk }: RepoCache, revision: string): Promise<void> {
  let folder = refsPath(repoFolder)
  await makeRealFolder(disk, folder)
  for (const part of revision.split('/').slice(0, -1)) {
    folder = path.join(folder, part)
    await makeRealFolder(disk, folder)
  }
}

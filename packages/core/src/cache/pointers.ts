import { lstat, readlink } from 'node:fs/promises'
import path from 'node:path'
import { type FoundFile, findFile } from './blobs.ts'
import { blobPath, linkTarget, pointerPath, snapshotPath } from './layout.ts'
import { makeRealFolder } from './real-folder.ts'
import type { RepoCache } from './repo-cache.ts'
import { withScratch } from './scratch.ts'
import { hasSystemCode, orAbsent } from './system-code.ts'

/** A file of a snapshot that is there and leads somewhere. Neither size nor content is judged. */
export async function findPointer(
  repoFolder: string,
  commitHash: string,
  filePath: string,
): Promise<FoundFile | undefined> {
  return findFile(pointerPath(repoFolder, commitHash, filePath))
}

/**
 * Makes a snapshot and the folders its files need, each once: quick for 100,000 files.
 *
 * Every folder on the way is looked at: a link in its place would lead writing out of the cache.
 * @throws {HubgateError} `ERR_UNSAFE_PATH`
 */
export async function makeSnapshotFolders(
  { folder: repoFolder, disk }: RepoCache,
  commitHash: string,
  filePaths: Iterable<string>,
): Promise<void> {
  await makeRealFolder(disk, snapshotPath(repoFolder, commitHash), commitHash)
  for (const folder of foldersOf(filePaths)) {
    await makeRealFolder(disk, path.dirname(pointerPath(repoFolder, commitHash, `${folder}/_`)), folder)
  }
}

/** Every folder above the files, parents before their children. */
function foldersOf(filePaths: Iterable<string>): string[] {
  const folders = new Set<string>()
  for (const filePath of filePaths) {
    for (let end = filePath.lastIndexOf('/'); end > 0; end = filePath.lastIndexOf('/', end - 1)) {
      const folder = filePath.slice(0, end)
      if (folders.has(folder)) break
      folders.add(folder)
    }
  }
  return [...folders].toSorted((a, b) => a.length - b.length)
}

export interface LinkBlobOptions {
  readonly etag: string
  readonly commitHash: string
  /** Every path of the snapshot that has this content. Their folders are there: see `makeSnapshotFolders`. */
  readonly filePaths: readonly string[]
  /**
   * This run has just placed the blob, so nobody else counts on it. Matters only where links cannot be made: a new blob is
   * moved into the snapshot, one that was there before is copied, as `huggingface_hub` does.
   */
  readonly isNew: boolean
}

/** Puts a blob into a snapshot. A path that leads elsewhere is replaced in one step; one that is right is left alone. */
export async function linkBlob(cache: RepoCache, options: LinkBlobOptions): Promise<void> {
  const { etag, commitHash, filePaths, isNew } = options
  for (const [index, filePath] of filePaths.entries()) {
    const pointer = pointerPath(cache.folder, commitHash, filePath)
    if (cache.canLink) await linkPointer(cache, linkTarget(filePath, etag), pointer)
    else if (isNew && index === filePaths.length - 1) await cache.disk.rename(blobPath(cache.folder, etag), pointer)
    else await copyPointer(cache, blobPath(cache.folder, etag), pointer)
  }
}

async function linkPointer(cache: RepoCache, target: string, pointer: string): Promise<void> {
  try {
    await cache.disk.symlink(target, pointer)
  } catch (error) {
    if (!hasSystemCode(error, ['EEXIST'])) throw error
    if (await isLinkTo(pointer, target)) return
    await withScratch(cache, async (scratch) => {
      await cache.disk.symlink(target, scratch)
      await cache.disk.rename(scratch, pointer)
    })
  }
}

async function isLinkTo(pointer: string, target: string): Promise<boolean> {
  const stats = await orAbsent(lstat(pointer))
  if (!stats?.isSymbolicLink()) return false
  return path.normalize(await readlink(pointer)) === target
}

async function copyPointer(cache: RepoCache, blob: string, pointer: string): Promise<void> {
  await withScratch(cache, async (scratch) => {
    await cache.disk.copy(blob, scratch)
    {
      await using file = await cache.disk.open(scratch)
      await file.sync()
    }
    await cache.disk.rename(scratch, pointer)
  })
}

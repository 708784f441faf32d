import { stat } from 'node:fs/promises'
import { HubgateError } from '../errors.ts'
import { blobPath, blobsPath, partialPath } from './layout.ts'
import type { RepoCache } from './repo-cache.ts'
import { hasSystemCode, orAbsent } from './system-code.ts'

export interface FoundFile {
  readonly path: string
  readonly sizeBytes: number
}

/**
 * The blob of an etag, whoever wrote it. Its content is not looked at. A blob may itself be a link into the store that
 * `huggingface_hub` 2 shares between repos: what counts is where it leads.
 */
export async function findBlob(repoFolder: string, etag: string): Promise<FoundFile | undefined> {
  return findFile(blobPath(repoFolder, etag))
}

/** A file, through links; `undefined` where there is none, or the link leads nowhere. */
export async function findFile(filePath: string): Promise<FoundFile | undefined> {
  const stats = await orAbsent(stat(filePath))
  return stats?.isFile() ? { path: filePath, sizeBytes: stats.size } : undefined
}

export interface PlaceBlobOptions {
  readonly etag: string
  /** As the Hub announced it; held against what is on disk one last time. */
  readonly sizeBytes: number
  /** Complete and verified. @default our own partial file of that etag */
  readonly from?: string
}

/**
 * Gives verified bytes their true name: content synced, renamed, folder synced. Replaces what bore the name before.
 *
 * Where the system will not replace it (Windows, while somebody reads it), a blob of the right size counts as placed.
 * @throws {HubgateError} `ERR_INTEGRITY` where the bytes are not as many as announced; nothing is moved then
 */
export async function placeBlob(cache: RepoCache, options: PlaceBlobOptions): Promise<string> {
  const { etag, sizeBytes, from = partialPath(cache.folder, etag) } = options
  const target = blobPath(cache.folder, etag)
  const actual = (await stat(from)).size
  if (actual !== sizeBytes) {
    throw new HubgateError('ERR_INTEGRITY', `Cannot keep ${etag}: ${sizeBytes} bytes were announced, ${actual} came`, {
      path: etag,
      expected: `${sizeBytes} bytes`,
      actual: `${actual} bytes`,
    })
  }
  {
    await using file = await cache.disk.open(from)
    await file.sync()
  }
  await renameInto(cache, from, target, sizeBytes)
  await cache.disk.syncFolder(blobsPath(cache.folder))
  return target
}

async function renameInto(cache: RepoCache, from: string, target: string, sizeBytes: number): Promise<void> {
  try {
    await cache.disk.rename(from, target)
  } catch (error) {
    if (!hasSystemCode(error, ['EPERM', 'EACCES', 'EBUSY', 'EEXIST'])) throw error
    if ((await findFile(target))?.sizeBytes !== sizeBytes) throw error
    await cache.disk.remove(from)
  }
}

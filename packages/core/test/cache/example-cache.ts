import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { placeBlob } from '../../src/cache/blobs.ts'
import { partialPath } from '../../src/cache/layout.ts'
import { linkBlob, makeSnapshotFolders } from '../../src/cache/pointers.ts'
import { writeRef } from '../../src/cache/refs.ts'
import { type OpenRepoCacheOptions, openRepoCache, type RepoCache } from '../../src/cache/repo-cache.ts'

export interface ExampleRevision {
  readonly commitHash: string
  readonly refs?: readonly string[]
  /** Content by path. `.safetensors` goes by its SHA-256, all else by git's SHA-1. */
  readonly files: Readonly<Record<string, string>>
}

/** Writes a repo into a cache as a download does. */
export async function writeExample(options: OpenRepoCacheOptions, ...revisions: ExampleRevision[]): Promise<RepoCache> {
  const cache = await openRepoCache(options)
  for (const { commitHash, refs = [], files } of revisions) {
    await makeSnapshotFolders(cache, commitHash, Object.keys(files))
    for (const [filePath, content] of Object.entries(files)) {
      const etag = etagFor(filePath, content)
      await writeFile(partialPath(cache.folder, etag), content)
      await placeBlob(cache, { etag, sizeBytes: Buffer.byteLength(content) })
      await linkBlob(cache, { etag, commitHash, filePaths: [filePath], isNew: true })
    }
    for (const ref of refs) await writeRef(cache, ref, commitHash)
  }
  return cache
}

export function etagFor(filePath: string, content: string): string {
  return filePath.endsWith('.safetensors')
    ? createHash('sha256').update(content).digest('hex')
    : createHash('sha1')
        .update(`blob ${Buffer.byteLength(content)}\0`)
        .update(content)
        .digest('hex')
}

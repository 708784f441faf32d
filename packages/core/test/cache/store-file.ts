import { createHash } from 'node:crypto'
import { placeBlob } from '../../src/cache/blobs.ts'
import { partialPath } from '../../src/cache/layout.ts'
import { linkBlob, makeSnapshotFolders } from '../../src/cache/pointers.ts'
import { writeRef } from '../../src/cache/refs.ts'
import type { RepoCache } from '../../src/cache/repo-cache.ts'

/** One file, as the tests of writing see it. */
export const commit: string = 'c'.repeat(40)
export const content: Buffer = Buffer.from('the bytes of a model')
export const etag: string = createHash('sha256').update(content).digest('hex')
export const repoId = 'acme/tiny-8b'

export async function writePartial(cache: RepoCache): Promise<void> {
  await using file = await cache.disk.open(partialPath(cache.folder, etag))
  await file.write(content, 0)
}

/** What a download of one file under two paths does to the disk. */
export async function storeFile(
  cache: RepoCache,
  filePaths: readonly string[] = ['model.bin', 'a/b/model.bin'],
): Promise<void> {
  await writePartial(cache)
  await placeBlob(cache, { etag, sizeBytes: content.length })
  await makeSnapshotFolders(cache, commit, filePaths)
  await linkBlob(cache, { etag, commitHash: commit, filePaths, isNew: true })
  await writeRef(cache, 'main', commit)
}

import { lstat, readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { findBlob } from '../../src/cache/blobs.ts'
import { blobsPath, pointerPath, snapshotPath } from '../../src/cache/layout.ts'
import { findPointer } from '../../src/cache/pointers.ts'
import { readRef } from '../../src/cache/refs.ts'
import { openRepoCache, type RepoCache } from '../../src/cache/repo-cache.ts'
import { failingDisk } from './failing-disk.ts'
import { commit, content, etag, repoId, storeFile } from './store-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test.each([true, false])('storing survives the failure of every single disk operation (links: %s)', async (canLink) => {
  for (let n = 1; ; n += 1) {
    await using hub = await createTemporaryFolder()
    const disk = failingDisk(n)
    const cache = await openRepoCache({ hubCache: hub.path, repoId, canLink })
    const failure = await storeFile({ ...cache, disk }).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    )
    await expectNothingFalse(cache)
    if (failure === undefined) return expect(disk.operations()).toBeLessThan(n)
    expect(failure).toBe('ENOSPC')
    await storeFile(cache)
    expect(await readFile(pointerPath(cache.folder, commit, 'a/b/model.bin'))).toEqual(content)
    expect(await readRef(cache.folder, 'main')).toBe(commit)
    expect(await readdir(blobsPath(cache.folder))).toEqual(canLink ? [etag] : [])
  }
})

/** Whatever failed: no wrong byte under a true name, no dangling pointer, no ref to nothing. */
async function expectNothingFalse(cache: RepoCache): Promise<void> {
  const blob = await findBlob(cache.folder, etag)
  if (blob !== undefined) expect(await readFile(blob.path)).toEqual(content)
  for (const filePath of ['model.bin', 'a/b/model.bin']) {
    const exists = await lstat(pointerPath(cache.folder, commit, filePath)).catch(() => undefined)
    if (exists !== undefined) expect(await findPointer(cache.folder, commit, filePath)).toBeDefined()
  }
  const ref = await readRef(cache.folder, 'main')
  if (ref !== undefined) expect((await lstat(snapshotPath(cache.folder, ref))).isDirectory()).toBe(true)
}

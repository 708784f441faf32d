import { lstat, readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { findBlob } from '../../src/cache/blobs.ts'
import { blobsPath, leftoverKind, pointerPath, snapshotPath } from '../../src/cache/layout.ts'
import { findPointer } from '../../src/cache/pointers.ts'
import { readRef } from '../../src/cache/refs.ts'
import { openRepoCache, repoFolderPath } from '../../src/cache/repo-cache.ts'
import { failingDisk } from './failing-disk.ts'
import { commit, content, etag, repoId, storeFile } from './store-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test.each([true, false])('storing survives the failure of every single disk operation (links: %s)', async (canLink) => {
  for (let n = 1; ; n += 1) {
    await using hub = await createTemporaryFolder()
    const disk = failingDisk(n)
    const failure = await openRepoCache({ hubCache: hub.path, repoId, canLink, disk })
      .then((cache) => storeFile(cache))
      .then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code,
      )
    await expectNothingFalse(repoFolderPath(hub.path, repoId))
    if (failure === undefined) return expect(disk.operations()).toBeLessThan(n)
    expect(failure).toBe('ENOSPC')
    const cache = await openRepoCache({ hubCache: hub.path, repoId, canLink })
    await storeFile(cache)
    expect(await readFile(pointerPath(cache.folder, commit, 'a/b/model.bin'))).toEqual(content)
    expect(await readRef(cache.folder, 'main')).toBe(commit)
    const left = (await readdir(blobsPath(cache.folder))).filter((name) => leftoverKind(name) !== 'scratch')
    expect(left).toEqual(canLink ? [etag] : [])
  }
})

/** Whatever failed: no wrong byte under a true name, no dangling pointer, no ref to nothing. */
async function expectNothingFalse(folder: string): Promise<void> {
  const blob = await findBlob(folder, etag)
  if (blob !== undefined) expect(await readFile(blob.path)).toEqual(content)
  for (const filePath of ['model.bin', 'a/b/model.bin']) {
    const exists = await lstat(pointerPath(folder, commit, filePath)).catch(() => undefined)
    if (exists !== undefined) expect(await findPointer(folder, commit, filePath)).toBeDefined()
  }
  const ref = await readRef(folder, 'main')
  if (ref !== undefined) expect((await lstat(snapshotPath(folder, ref))).isDirectory()).toBe(true)
}

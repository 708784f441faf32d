import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findBlob } from '../../src/cache/blobs.ts'
import { blobPath, blobsPath, pointerPath, refPath } from '../../src/cache/layout.ts'
import { readRef } from '../../src/cache/refs.ts'
import { openRepoCache } from '../../src/cache/repo-cache.ts'
import { failingDisk } from './failing-disk.ts'
import { commit, content, etag, repoId, storeFile } from './store-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test('a stored file is found by blob, by path and by ref, through relative links', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  expect(cache.canLink).toBe(true)
  await storeFile(cache)

  expect(await findBlob(cache.folder, etag)).toEqual({ path: blobPath(cache.folder, etag), sizeBytes: content.length })
  expect(await readlink(pointerPath(cache.folder, commit, 'model.bin'))).toBe(`../../blobs/${etag}`)
  expect(await readlink(pointerPath(cache.folder, commit, 'a/b/model.bin'))).toBe(`../../../../blobs/${etag}`)
  expect(await readFile(pointerPath(cache.folder, commit, 'a/b/model.bin'))).toEqual(content)
  expect(await readRef(cache.folder, 'main')).toBe(commit)
  expect(await readFile(refPath(cache.folder, 'main'), 'utf8')).toBe(commit)
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
  expect((await readdir(hub.path)).toSorted()).toEqual(['CACHEDIR.TAG', 'models--acme--tiny-8b'])
  expect(await readFile(path.join(hub.path, 'CACHEDIR.TAG'), 'utf8')).toMatch(
    /^Signature: 8a477f597d28d172789f06886806bc55\n/,
  )
})

test.each([0o002, 0o077])(
  'openRepoCache() and placeBlob() give blobs the mode 0666 less the umask %o',
  async (mask) => {
    await using hub = await createTemporaryFolder()
    const before = process.umask(mask)
    try {
      const cache = await openRepoCache({ hubCache: hub.path, repoId })
      await storeFile(cache)
      expect((await stat(blobPath(cache.folder, etag))).mode & 0o777).toBe(0o666 & ~mask)
      expect((await stat(refPath(cache.folder, 'main'))).mode & 0o777).toBe(0o666 & ~mask)
    } finally {
      process.umask(before)
    }
  },
)

test('openRepoCache() finds out by trying that links cannot be made', async () => {
  await using hub = await createTemporaryFolder()
  // After the three folders.
  const disk = failingDisk(4, { code: 'EPERM' })
  const cache = await openRepoCache({ hubCache: hub.path, repoId, disk })
  expect(disk.failed()).toBe('link')
  expect(cache.canLink).toBe(false)
  expect(await readdir(blobsPath(cache.folder))).toEqual([])
})

import { lstat, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { blobPath, blobsPath, pointerPath, snapshotPath } from '../../src/cache/layout.ts'
import { linkBlob, makeSnapshotFolders } from '../../src/cache/pointers.ts'
import { openRepoCache } from '../../src/cache/repo-cache.ts'
import { commit, content, etag, repoId, storeFile } from './store-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test('without links the new blob lies in the snapshot, and no second copy of it in blobs', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId, canLink: false })
  await storeFile(cache)
  for (const filePath of ['model.bin', 'a/b/model.bin']) {
    const pointer = pointerPath(cache.folder, commit, filePath)
    expect((await lstat(pointer)).isFile()).toBe(true)
    expect(await readFile(pointer)).toEqual(content)
  }
  expect(await readdir(blobsPath(cache.folder))).toEqual([])
})

test('without links a blob that was there before is copied, never moved away from others', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId, canLink: false })
  await writeFile(blobPath(cache.folder, etag), content)
  await makeSnapshotFolders(cache, commit, ['x'])
  await linkBlob(cache, { etag, commitHash: commit, filePaths: ['x'], isNew: false })
  expect(await readFile(pointerPath(cache.folder, commit, 'x'))).toEqual(content)
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
})

test('linkBlob() replaces a pointer that leads elsewhere, a dangling one and a plain file; leaves a right one alone', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await storeFile(cache, ['right'])
  const at = (name: string): string => pointerPath(cache.folder, commit, name)
  await symlink('../../blobs/other', at('dangling'))
  await symlink('/etc/hostname', at('outside'))
  await writeFile(at('plain'), 'old')
  const before = await lstat(at('right'))
  const filePaths = ['right', 'dangling', 'outside', 'plain']
  await linkBlob(cache, { etag, commitHash: commit, filePaths, isNew: false })
  for (const name of filePaths) expect(await readlink(at(name))).toBe(`../../blobs/${etag}`)
  expect((await lstat(at('right'))).ino).toBe(before.ino)
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
})

test('makeSnapshotFolders() refuses a folder that is a link out of the snapshot', async () => {
  await using hub = await createTemporaryFolder()
  await using outside = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await makeSnapshotFolders(cache, commit, [])
  await symlink(outside.path, path.join(snapshotPath(cache.folder, commit), 'onnx'))
  await expect(makeSnapshotFolders(cache, commit, ['onnx/deep/model.onnx'])).rejects.toMatchObject({
    code: 'ERR_UNSAFE_PATH',
    details: { path: 'onnx' },
  })
  expect(await readdir(outside.path)).toEqual([])
})

test('makeSnapshotFolders() makes each of many folders once, and may be called again', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  const filePaths = Array.from({ length: 100_000 }, (_, n) => `d${n % 40}/e/f${n % 5}/${n}`)
  await makeSnapshotFolders(cache, commit, filePaths)
  await makeSnapshotFolders(cache, commit, filePaths)
  expect(await readdir(snapshotPath(cache.folder, commit))).toHaveLength(40)
})

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findBlob, placeBlob } from '../../src/cache/blobs.ts'
import { blobPath, blobsPath, partialPath } from '../../src/cache/layout.ts'
import { openRepoCache, type RepoCache } from '../../src/cache/repo-cache.ts'
import { content, etag, repoId, writePartial } from './store-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test('placeBlob() keeps nothing under a true name when the size is not what was announced', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await writePartial(cache)
  await expect(placeBlob(cache, { etag, sizeBytes: content.length + 1 })).rejects.toMatchObject({
    code: 'ERR_INTEGRITY',
  })
  expect(await findBlob(cache.folder, etag)).toBeUndefined()
  expect(existsSync(partialPath(cache.folder, etag))).toBe(true)
})

test('placeBlob() replaces damaged content that bore the name', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await writeFile(blobPath(cache.folder, etag), 'cut')
  await writePartial(cache)
  await placeBlob(cache, { etag, sizeBytes: content.length })
  expect(await readFile(blobPath(cache.folder, etag))).toEqual(content)
})

async function heldByAReader(): Promise<never> {
  throw Object.assign(new Error('EPERM: a reader holds it'), { code: 'EPERM' })
}

test('placeBlob() takes a blob of the right size for placed where the system will not replace it', async () => {
  await using hub = await createTemporaryFolder()
  const open = await openRepoCache({ hubCache: hub.path, repoId })
  const cache: RepoCache = { ...open, disk: { ...open.disk, rename: heldByAReader } }
  await writePartial(cache)
  await expect(placeBlob(cache, { etag, sizeBytes: content.length })).rejects.toMatchObject({ code: 'EPERM' })
  await writeFile(blobPath(cache.folder, etag), content)
  await placeBlob(cache, { etag, sizeBytes: content.length })
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
})

test('findBlob() follows the links into the store that huggingface_hub 2 shares between repos', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await mkdir(path.join(hub.path, 'blobs', 'ab'), { recursive: true })
  await writeFile(path.join(hub.path, 'blobs', 'ab', 'abc'), content)
  await symlink('../../blobs/ab/abc', blobPath(cache.folder, etag))
  expect((await findBlob(cache.folder, etag))?.sizeBytes).toBe(content.length)
})

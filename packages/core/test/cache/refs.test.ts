import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { blobsPath, refPath } from '../../src/cache/layout.ts'
import { makeSnapshotFolders } from '../../src/cache/pointers.ts'
import { readRef, writeRef } from '../../src/cache/refs.ts'
import { openRepoCache } from '../../src/cache/repo-cache.ts'
import { commit, repoId } from './store-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test('readRef() returns undefined for a ref never written, and for one that holds no commit hash', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  expect(await readRef(cache.folder, 'main')).toBeUndefined()
  expect(await readRef(cache.folder, commit)).toBe(commit)
  await mkdir(path.dirname(refPath(cache.folder, 'main')))
  await writeFile(refPath(cache.folder, 'main'), `${commit}\n`)
  expect(await readRef(cache.folder, 'main')).toBeUndefined()
  expect(await readRef(cache.folder, 'main/below')).toBeUndefined()
})

test('writeRef() writes nested refs, moves them on, and never points to a snapshot that is not there', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await expect(writeRef(cache, 'main', commit)).rejects.toThrow(/no snapshot folder/)
  expect(existsSync(path.join(cache.folder, 'refs'))).toBe(false)
  await makeSnapshotFolders(cache, commit, [])
  await makeSnapshotFolders(cache, 'd'.repeat(40), [])
  await writeRef(cache, 'refs/pr/1', commit)
  await writeRef(cache, 'refs/pr/1', 'd'.repeat(40))
  await writeRef(cache, commit, commit)
  expect(await readRef(cache.folder, 'refs/pr/1')).toBe('d'.repeat(40))
  expect(await readdir(path.join(cache.folder, 'refs'), { recursive: true })).toEqual(['refs', 'refs/pr', 'refs/pr/1'])
  expect(await readdir(blobsPath(cache.folder))).toEqual([])
})

import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readBlobSizes } from '../../src/cache/blob-sizes.ts'
import { readFreeBytes } from '../../src/cache/free-space.ts'
import { blobPath, blobsPath } from '../../src/cache/layout.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const etagOf = (n: number): string => n.toString(16).padStart(40, '0')

test('readBlobSizes() tells the sizes of those blobs that are there, and of no others', async () => {
  await using repo = await createTemporaryFolder()
  expect(await readBlobSizes(repo.path, [etagOf(1)])).toEqual(new Map())
  await mkdir(blobsPath(repo.path))
  for (let n = 0; n < 150; n += 1) await writeFile(blobPath(repo.path, etagOf(n)), 'x'.repeat(n))
  await rm(blobPath(repo.path, etagOf(7)))
  await symlink('../gone', blobPath(repo.path, etagOf(7)))
  const sizes = await readBlobSizes(repo.path, [
    ...Array.from({ length: 140 }, (_, n) => etagOf(n)),
    etagOf(900),
    etagOf(3),
  ])
  expect(sizes.size).toBe(139)
  expect(sizes.get(etagOf(139))).toBe(139)
  expect(sizes.has(etagOf(7))).toBe(false)
})

test('readFreeBytes() answers for a folder that is not there yet', async () => {
  await using folder = await createTemporaryFolder()
  const free = await readFreeBytes(path.join(folder.path, 'not', 'yet'))
  expect(Number.isSafeInteger(free) && free > 0).toBe(true)
})

import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  localFilePath,
  localMetadataPath,
  localPartialPath,
  makeLocalFolders,
  openLocalFolder,
  placeLocalFile,
  readLocalMetadata,
  writeLocalMetadata,
} from '../../src/cache/local-folder.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const commitHash = 'a'.repeat(40)
const etag = 'b'.repeat(64)
const filePath = 'onnx/model.onnx'

test('a local file lies under its own path, with its metadata where hf keeps it', async () => {
  await using folder = await createTemporaryFolder()
  const local = await openLocalFolder(folder.path)
  await makeLocalFolders(local, filePath)
  const partial = localPartialPath(folder.path, filePath, etag)
  // base64url of the SHA-1 of `model.onnx.metadata`, as Python names its own.
  expect(path.relative(folder.path, partial)).toBe(
    `.cache/huggingface/download/onnx/ihhw_uFzBe-Y54_HOJQmXx4GS8A=.${etag}.hubgate.incomplete`,
  )
  await writeFile(partial, 'content')
  await placeLocalFile(local, filePath, partial)
  await writeLocalMetadata(local, filePath, { commitHash, etag }, new Date())
  expect(await readFile(localFilePath(folder.path, filePath), 'utf8')).toBe('content')
  expect(await readFile(localMetadataPath(folder.path, filePath), 'utf8')).toMatch(
    new RegExp(`^${commitHash}\n${etag}\n\\d+(\\.\\d+)?\n$`),
  )
  expect(await readLocalMetadata(folder.path, filePath)).toEqual({ commitHash, etag })
  expect((await readdir(path.join(folder.path, '.cache', 'huggingface'))).toSorted()).toEqual([
    '.gitignore',
    'CACHEDIR.TAG',
    'download',
  ])
})

test('readLocalMetadata() forgets a file that was changed since, or is gone, or of which it holds nonsense', async () => {
  await using folder = await createTemporaryFolder()
  const local = await openLocalFolder(folder.path)
  expect(await readLocalMetadata(folder.path, filePath)).toBeUndefined()
  await makeLocalFolders(local, filePath)
  await writeLocalMetadata(local, filePath, { commitHash, etag }, new Date())
  expect(await readLocalMetadata(folder.path, filePath)).toBeUndefined()
  const place = localFilePath(folder.path, filePath)
  await writeFile(place, 'x')
  expect(await readLocalMetadata(folder.path, filePath)).toEqual({ commitHash, etag })
  const later = new Date(Date.now() + 5000)
  await utimes(place, later, later)
  expect(await readLocalMetadata(folder.path, filePath)).toBeUndefined()
  await writeFile(localMetadataPath(folder.path, filePath), 'nonsense')
  expect(await readLocalMetadata(folder.path, filePath)).toBeUndefined()
})

test('makeLocalFolders() follows the links of the user inside the folder, and none out of it', async () => {
  await using folder = await createTemporaryFolder()
  await using outside = await createTemporaryFolder()
  const local = await openLocalFolder(folder.path)
  await mkdir(path.join(folder.path, 'real'))
  await symlink('real', path.join(folder.path, 'alias'))
  await makeLocalFolders(local, 'alias/deep/x')
  await symlink(outside.path, path.join(folder.path, 'out'))
  await expect(makeLocalFolders(local, 'out/deep/x')).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' })
  expect(await readdir(outside.path)).toEqual([])
  expect(await readdir(path.join(folder.path, 'real'))).toEqual(['deep'])
  for (const hostile of ['.cache/huggingface/download/config.json.metadata', '.CACHE/HuggingFace/.gitignore']) {
    await expect(makeLocalFolders(local, hostile)).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' })
  }
  expect(() => localFilePath(folder.path, '../x')).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
})

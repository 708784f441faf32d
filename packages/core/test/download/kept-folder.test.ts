import { mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { keepText } from '../../src/download/kept-folder.ts'
import { createTemporaryFolder } from '../cache/temporary-folder.ts'

test('keepText() leaves nothing behind, whether it could keep the text or not', async () => {
  await using folder = await createTemporaryFolder()
  const file = path.join(folder.path, 'deep', 'now-called')
  await keepText(file, 'acme/tiny')
  expect(await readFile(file, 'utf8')).toBe('acme/tiny')
  // No file can take the place of a folder.
  await mkdir(path.join(folder.path, 'deep', 'taken'))
  await expect(keepText(path.join(folder.path, 'deep', 'taken'), 'text')).rejects.toThrow(/EISDIR|EEXIST|EPERM/)
  expect((await readdir(path.join(folder.path, 'deep'))).toSorted()).toEqual(['now-called', 'taken'])
})

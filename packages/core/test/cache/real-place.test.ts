import { mkdir, realpath, symlink } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { realPlace } from '../../src/cache/real-place.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test('realPlace() gives one name to one place, before it is there and after', async () => {
  await using folder = await createTemporaryFolder()
  const root = await realpath(folder.path)
  await mkdir(path.join(root, 'real/deep'), { recursive: true })
  await symlink('real', path.join(root, 'link'))
  await symlink('round', path.join(root, 'round'))
  const ways = ['real/deep/new/x', 'link/deep/new/x', 'other/../link/deep/new/x', 'real/./deep//new/x']
  const names = async (): Promise<string[]> =>
    Promise.all(ways.map((way) => realPlace([folder.path, way].join(path.sep))))
  const expected = ways.map(() => path.join(root, 'real/deep/new/x'))
  expect(await names()).toEqual(expected)
  await mkdir(path.join(root, 'real/deep/new/x'), { recursive: true })
  expect(await names()).toEqual(expected)
  expect(await realPlace(path.join(root, 'round/x'))).toBe(path.join(root, 'round/x'))
  expect(await realPlace('/')).toBe(path.parse(process.cwd()).root)
})

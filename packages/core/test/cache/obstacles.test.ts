import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { refuseObstacles } from '../../src/cache/obstacles.ts'
import { readPlainFile } from '../../src/cache/read-plain-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const hasPipes = process.platform !== 'win32'
const asText = { encoding: 'utf8', maxBytes: 100 } as const

test('refuseObstacles() passes over files, links and what is not there, and names the first other thing', async () => {
  await using folder = await createTemporaryFolder()
  const place = (name: string): string => path.join(folder.path, name)
  await writeFile(place('file'), '')
  await symlink('nowhere', place('link'))
  await mkdir(place('elsewhere'))
  await refuseObstacles(['file', 'link', 'missing', 'missing/deep', 'file/deep'].map(place))
  await mkdir(place('deep/x'), { recursive: true })
  await expect(refuseObstacles(['file', 'deep/x'].map(place))).rejects.toMatchObject({
    code: 'ERR_WRITE',
    message: expect.stringMatching(
      /^Cannot write .*deep.x: a folder lies where .*; look what it is, move it away/,
    ) as string,
    details: { path: place('deep/x'), reason: 'a folder lies where a file is needed' },
  })
})

test.runIf(hasPipes)('refuseObstacles() and readPlainFile() know pipes and sockets, and wait for none', async () => {
  await using folder = await createTemporaryFolder()
  const [pipe, socket] = [path.join(folder.path, 'p'), path.join(folder.path, 's')]
  execFileSync('mkfifo', [pipe])
  await using server = createServer().listen(socket)
  await once(server, 'listening')
  await expect(refuseObstacles([pipe])).rejects.toThrow('a named pipe lies')
  await expect(refuseObstacles([socket])).rejects.toThrow('a socket lies')
  for (const place of [pipe, socket, folder.path]) expect(await readPlainFile(place, asText)).toBeUndefined()
})

test('readPlainFile() reads through links, and nothing that is too large', async () => {
  await using folder = await createTemporaryFolder()
  const [file, link] = [path.join(folder.path, 'file'), path.join(folder.path, 'link')]
  await writeFile(file, 'text')
  await symlink(file, link)
  expect(await readPlainFile(link, asText)).toBe('text')
  expect(await readPlainFile(file, { ...asText, maxBytes: 3 })).toBeUndefined()
  expect(await readPlainFile(path.join(folder.path, 'none'), asText)).toBeUndefined()
})

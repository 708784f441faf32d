import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { makeFolder, makeFolderSync } from '../../src/util/make-folder.ts'

const ways = [
  ['makeFolder', (folder: string, mode?: number) => makeFolder(folder, (one) => mkdir(one, mode))],
  ['makeFolderSync', async (folder: string, mode?: number) => makeFolderSync(folder, mode)],
] as const

describe.each(ways)('%s()', (_, make) => {
  test('makes what is missing, with its mode, and leaves what is there', async () => {
    const base = mkdtempSync(path.join(tmpdir(), 'hubgate-folder-'))
    const folder = path.join(base, 'a', 'b', 'c')
    await make(folder, 0o700)
    await make(folder, 0o700)
    expect(statSync(folder).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o700)
  })

  test('refuses a file of that name, or on the way', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'hubgate-folder-')), 'x')
    writeFileSync(file, '')
    await expect(make(file)).rejects.toThrow(/EEXIST/)
    await expect(make(path.join(file, 'y'))).rejects.toThrow(/ENOTDIR|EEXIST/)
  })

  test.skipIf(process.platform !== 'linux')(
    'ends where a parent denies that it exists (skipped off Linux, which alone has /proc)',
    async () => {
      await expect(make('/proc/hubgate/x')).rejects.toThrow(/ENOENT/)
    },
  )
})

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { findReplacedTokens, removeWrittenTokens, storeToken } from '../../../src/settings/edit/store-token.ts'
import type { Folders } from '../../../src/settings/folders.ts'
import { Secret } from '../../../src/util/secret.ts'
import { temporaryFolders } from './temporary-folders.ts'

const now = new Date('2026-10-10T12:00:00Z')
const laptop = { name: 'laptop', secret: new Secret('hf_test_laptop') }
const server = { name: 'server', secret: new Secret('hf_test_server') }

function write(file: string, text: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, text, { mode: 0o600 })
}

const read = (file: string): string => readFileSync(file, 'utf8')
const mode = (file: string): number => statSync(file).mode & 0o777

/** Nothing half written may stay. */
const leftovers = (folders: Folders): string[] =>
  [path.dirname(folders.tokenPath), folders.hubgateHome]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.startsWith('.'))

describe('storeToken()', () => {
  test('writes the two files of `hf auth login`, for their owner alone', async () => {
    using folders = temporaryFolders()
    expect(await storeToken(folders, laptop, now)).toEqual([
      { path: folders.storedTokensPath, name: 'laptop' },
      { path: folders.tokenPath },
    ])
    expect(read(folders.tokenPath)).toBe('hf_test_laptop')
    expect(read(folders.storedTokensPath)).toBe('[laptop]\nhf_token = hf_test_laptop\n\n')
    expect([folders.tokenPath, folders.storedTokensPath, folders.writtenTokensPath].map(mode)).toEqual([
      0o600, 0o600, 0o600,
    ])
    expect([path.dirname(folders.tokenPath), folders.hubgateHome].map(mode)).toEqual([0o700, 0o700])
    expect(leftovers(folders)).toEqual([])
  })

  test('remembers writing without keeping the token', async () => {
    using folders = temporaryFolders()
    await storeToken(folders, laptop, now)
    expect(read(folders.writtenTokensPath)).toMatch(/"tokenHash": "[0-9a-f]{64}"/)
    expect(read(folders.writtenTokensPath)).not.toContain('hf_test')
  })

  test('keeps every other section and comment byte for byte, and drops what belonged to the token it replaces', async () => {
    using folders = temporaryFolders()
    const others = '# mine\r\n[work]\r\nhf_token=hf_test_work\r\n  weird = 1\r\n\r\n; old\r\n'
    write(
      folders.storedTokensPath,
      `${others}[laptop]\r\nhf_token = hf_test_old\r\nrefresh_token = hf_test_refresh\r\nexpires_at = 5\r\n`,
    )
    await storeToken(folders, laptop, now)
    expect(read(folders.storedTokensPath)).toBe(`${others}\r\n[laptop]\r\nhf_token = hf_test_laptop\r\n\r\n`)
  })

  test('follows a link to where the token is really kept, and leaves a shared folder as open as it was', async () => {
    using folders = temporaryFolders()
    const elsewhere = path.join(folders.hubgateHome, 'vault', 'token')
    write(elsewhere, 'hf_test_old')
    mkdirSync(path.dirname(folders.tokenPath), { recursive: true })
    chmodSync(path.dirname(folders.tokenPath), 0o755)
    symlinkSync(elsewhere, folders.tokenPath)
    await storeToken(folders, laptop, now)
    expect(read(elsewhere)).toBe('hf_test_laptop')
    expect(mode(path.dirname(folders.tokenPath))).toBe(0o755)
  })

  test('loses nothing to a file that is no text, and says which', async () => {
    using folders = temporaryFolders()
    const bytes = Buffer.from([0x5b, 0xff, 0xfe, 0x5d])
    write(folders.storedTokensPath, bytes)
    await expect(storeToken(folders, laptop, now)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SETTING', message: expect.stringContaining('UTF-8') as string }) as Error,
    )
    expect(readFileSync(folders.storedTokensPath)).toEqual(bytes)
    expect(existsSync(folders.tokenPath)).toBe(false)
  })

  test('leaves everything as it was where it cannot write, and says why', async () => {
    using folders = temporaryFolders()
    write(folders.tokenPath, 'hf_test_old')
    // A folder where the file should be: a rename over it fails for every user, root too.
    mkdirSync(path.join(folders.storedTokensPath, 'inside'), { recursive: true })
    await expect(storeToken(folders, laptop, now)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SETTING' }) as Error,
    )
    expect(read(folders.tokenPath)).toBe('hf_test_old')
    expect(leftovers(folders)).toEqual([])
  })
})

describe('findReplacedTokens()', () => {
  test('finds none where there is none, or only the same', async () => {
    using folders = temporaryFolders()
    expect(await findReplacedTokens(folders, laptop)).toEqual([])
    await storeToken(folders, laptop, now)
    expect(await findReplacedTokens(folders, laptop)).toEqual([])
  })

  test('tells a token that stays under its name from one that would be gone', async () => {
    using folders = temporaryFolders()
    await storeToken(folders, laptop, now)
    expect(await findReplacedTokens(folders, server)).toEqual([{ path: folders.tokenPath, keptAs: 'laptop' }])
    write(folders.tokenPath, 'hf_test_by_hand\n')
    expect(await findReplacedTokens(folders, server)).toEqual([{ path: folders.tokenPath }])
  })

  test('finds another token under the same name', async () => {
    using folders = temporaryFolders()
    await storeToken(folders, laptop, now)
    expect(await findReplacedTokens(folders, { name: 'laptop', secret: server.secret })).toEqual([
      { path: folders.tokenPath },
      { path: folders.storedTokensPath, name: 'laptop' },
    ])
  })
})

describe('removeWrittenTokens()', () => {
  test('removes all that was written, down to its own note', async () => {
    using folders = temporaryFolders()
    await storeToken(folders, laptop, now)
    await storeToken(folders, server, now)
    const { removed, left } = await removeWrittenTokens(folders)
    expect(removed.map(({ name }) => name)).toEqual([undefined, 'laptop', 'server'])
    expect(left).toEqual([])
    for (const file of [folders.tokenPath, folders.storedTokensPath, folders.writtenTokensPath])
      expect(existsSync(file)).toBe(false)
  })

  test('leaves what another tool wrote, also where that tool has written over ours', async () => {
    using folders = temporaryFolders()
    write(folders.storedTokensPath, '# by hf\n[work]\nhf_token = hf_test_work\n\n')
    await storeToken(folders, laptop, now)
    write(folders.tokenPath, 'hf_test_work')
    expect(await removeWrittenTokens(folders)).toEqual({
      removed: [{ path: folders.storedTokensPath, name: 'laptop' }],
      left: [{ path: folders.tokenPath }, { path: folders.storedTokensPath, name: 'work' }],
    })
    expect(read(folders.storedTokensPath)).toBe('# by hf\n[work]\nhf_token = hf_test_work\n\n')
    expect(read(folders.tokenPath)).toBe('hf_test_work')
  })

  test.each(['', 'no JSON', '{"tokens":3}', '{"tokens":[{"path":1},{"path":"/x","tokenHash":"short"}]}'])(
    'claims nothing by a note that is damaged: %j',
    async (note) => {
      using folders = temporaryFolders()
      await storeToken(folders, laptop, now)
      write(folders.writtenTokensPath, note)
      expect((await removeWrittenTokens(folders)).removed).toEqual([])
      expect(read(folders.tokenPath)).toBe('hf_test_laptop')
    },
  )

  test('does nothing where nothing is', async () => {
    using folders = temporaryFolders()
    expect(await removeWrittenTokens(folders)).toEqual({ removed: [], left: [] })
    expect(existsSync(folders.hubgateHome)).toBe(false)
  })
})

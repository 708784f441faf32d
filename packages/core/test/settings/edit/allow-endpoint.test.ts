import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { allowableOrigin, allowEndpoint, disallowEndpoint } from '../../../src/settings/edit/allow-endpoint.ts'
import type { Folders } from '../../../src/settings/folders.ts'
import { temporaryFolders } from './temporary-folders.ts'

const mirror = 'https://mirror.example'

function configure(folders: Folders, text: string): void {
  mkdirSync(path.dirname(folders.configPath), { recursive: true })
  writeFileSync(folders.configPath, text)
}

const config = (folders: Folders): string => readFileSync(folders.configPath, 'utf8')

describe('allowEndpoint()', () => {
  test('makes a configuration for its owner alone where there is none', async () => {
    using folders = temporaryFolders()
    expect(await allowEndpoint(folders, mirror)).toBe(true)
    expect(JSON.parse(config(folders))).toEqual({ allowedEndpoints: [mirror] })
    expect(statSync(folders.configPath).mode & 0o777).toBe(0o600)
    expect(await allowEndpoint(folders, mirror)).toBe(false)
  })

  test('keeps unknown keys, large numbers, order and indentation as they were written', async () => {
    using folders = temporaryFolders()
    configure(folders, '{\n\t"big": 12345678901234567890,\n\t"endpoint":   "https://a.example",\n\t"offlin": true\n}\n')
    await allowEndpoint(folders, mirror)
    expect(config(folders)).toBe(
      '{\n\t"big": 12345678901234567890,\n\t"endpoint":   "https://a.example",\n\t"offlin": true,\n\t"allowedEndpoints": [\n\t\t"https://mirror.example"\n\t]\n}\n',
    )
  })

  test('adds to those that are allowed, and knows one however it was written', async () => {
    using folders = temporaryFolders()
    configure(folders, '{ "allowedEndpoints": ["https://Other.example/hf/"] }')
    await allowEndpoint(folders, mirror)
    expect(JSON.parse(config(folders))).toEqual({ allowedEndpoints: ['https://Other.example/hf/', mirror] })
    expect(await allowEndpoint(folders, 'https://other.example')).toBe(false)
    expect(await disallowEndpoint(folders, 'https://other.example')).toBe(true)
    expect(JSON.parse(config(folders))).toEqual({ allowedEndpoints: [mirror] })
    expect(await disallowEndpoint(folders, mirror)).toBe(true)
    expect(JSON.parse(config(folders))).toEqual({})
    expect(await disallowEndpoint(folders, mirror)).toBe(false)
  })

  test('loses nothing of a configuration that cannot be read', async () => {
    using folders = temporaryFolders()
    configure(folders, '{"offline": tru')
    await expect(allowEndpoint(folders, mirror)).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_SETTING',
        message: expect.stringContaining(folders.configPath) as string,
      }) as Error,
    )
    expect(config(folders)).toBe('{"offline": tru')
  })

  test('makes no file to take away what is not there', async () => {
    using folders = temporaryFolders()
    expect(await disallowEndpoint(folders, mirror)).toBe(false)
    expect(existsSync(folders.configPath)).toBe(false)
  })
})

describe('allowableOrigin()', () => {
  test.each([
    ['https://mirror.example/hf/', mirror],
    ['https://Mirror.example:443', mirror],
    ['http://localhost:8000/x', 'http://localhost:8000'],
  ])('reads %s as %s', (text, origin) => expect(allowableOrigin(text)).toBe(origin))

  test.each([
    'http://mirror.example',
    'mirror.example',
    'ftp://mirror.example',
    'https://ada:sesame@mirror.example',
    '*',
  ])('refuses %s', (text) => {
    expect(() => allowableOrigin(text)).toThrow(
      expect.objectContaining({
        code: 'ERR_ENDPOINT',
        message: expect.not.stringContaining('sesame') as string,
      }) as Error,
    )
  })
})

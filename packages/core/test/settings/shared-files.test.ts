import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { exposureOf } from '../../src/settings/shared-files.ts'

test.skipIf(process.platform === 'win32').each([
  [0o600, 0o700, undefined],
  [0o600, 0o755, undefined],
  [0o644, 0o700, 'readable'],
  [0o640, 0o700, 'readable'],
  [0o602, 0o700, 'readable'],
  [0o600, 0o777, 'replaceable'],
  [0o600, 0o1777, undefined],
])(
  'exposureOf() says of a file %o in a folder %o: %s (skipped only on Windows, where modes say nothing)',
  (mode, folderMode, exposure) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-modes-'))
    const file = path.join(folder, 'token')
    writeFileSync(file, '')
    chmodSync(file, mode)
    chmodSync(folder, folderMode)
    expect(exposureOf(file, 'linux')).toBe(exposure)
    expect(exposureOf(file, 'win32')).toBeUndefined()
    rmSync(folder, { recursive: true })
  },
)

test('exposureOf() says nothing of a file that is not there', () => {
  expect(exposureOf('/nowhere/token', 'linux')).toBeUndefined()
})

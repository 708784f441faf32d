import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertSafePaths, findPathDanger } from '../../src/cache/safe-path.ts'

test.each([
  ['', 'empty'],
  ['../../x', 'parent folder'],
  ['a/../b', 'parent folder'],
  ['a/./b', 'parent folder'],
  ['..', 'parent folder'],
  ['/etc/x', 'absolute'],
  ['//server/share/x', 'absolute'],
  ['C:/x', 'drive letter'],
  ['c:x', 'drive letter'],
  ['\\\\server\\share', 'backslash'],
  ['a\\b', 'backslash'],
  ['a\0b', 'control character'],
  ['a\u001b[31mb', 'control character'],
  ['a\u202Ebin.txt', 'control character'],
  ['a\nb', 'control character'],
  ['\uD800', 'not Unicode'],
  ['a//b', 'empty part'],
  ['a/', 'empty part'],
  ['CON', 'reserved name'],
  ['nul.txt', 'reserved name'],
  ['x/Com1', 'reserved name'],
  ['LPT\u00B9.bin', 'reserved name'],
  ['aux .json', 'reserved name'],
  ['.git/config', 'settings of git'],
  ['x/.GIT', 'settings of git'],
  ['git~1/config', 'settings of git'],
  ['.g\u200Dit/hooks/x', 'settings of git'],
  ['a/b.', 'trailing dot or blank'],
  ['a /b', 'trailing dot or blank'],
  ['x'.repeat(256), 'too long'],
  ['é'.repeat(128), 'too long'],
  [`${'a/'.repeat(1100)}b`, 'too long'],
])('findPathDanger() refuses %j: %s', (filePath, danger) => {
  expect(findPathDanger(filePath)).toBe(danger)
})

test.each([
  'config.json',
  '.gitattributes',
  'onnx/model.onnx',
  'a b/ü#%.txt',
  'console.log',
  'com10.txt',
  '..a',
  'a..b',
  '日本語.txt',
  'é'.repeat(127),
  'runs/12:00/events',
])('findPathDanger() lets %j pass', (filePath) => {
  expect(findPathDanger(filePath)).toBeUndefined()
})

test('findPathDanger() refuses on Windows what opens a stream or cannot be written there', () => {
  expect(findPathDanger('runs/12:00/events', { platform: 'win32' })).toBe('not for Windows')
  expect(findPathDanger('config.json', { platform: 'win32' })).toBeUndefined()
})

test('findPathDanger() leaves nothing that leads out of the folder, whatever the text', () => {
  const hostile = fc.array(fc.constantFrom('..', '.', '/', '\\', 'a', 'C:', '\0', ' ', 'nul', '~', '//'), {
    maxLength: 9,
  })
  fc.assert(
    fc.property(
      fc.oneof(
        hostile.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        fc.pre(findPathDanger(text) === undefined)
        expect(path.posix.join('/safe', text).startsWith('/safe/')).toBe(true)
        expect(path.win32.join('X:\\safe', text).startsWith('X:\\safe\\')).toBe(true)
      },
    ),
    { numRuns: 2000 },
  )
})

test.each([
  [['A.txt', 'a.txt'], 'differs only in case or accents from "A.txt"'],
  [['caf\u00E9', 'cafe\u0301'], 'differs only in case or accents from "caf\u00E9"'],
  [['Straße', 'STRASSE'], 'differs only in case or accents from "Straße"'],
  [['x/Y/z', 'X/y/Z'], 'differs only in case or accents from "x/Y/z"'],
  [['a', 'a'], 'listed twice'],
  [['a', 'a/b'], 'both file and folder'],
  [['A/b/c', 'a/B'], 'both file and folder'],
])('assertSafePaths() refuses %j together: %s', (filePaths, danger) => {
  expect(() => assertSafePaths(filePaths)).toThrow(
    expect.objectContaining({ code: 'ERR_UNSAFE_PATH', details: expect.objectContaining({ danger }) }),
  )
})

test('assertSafePaths() names the file at fault without letting it steer a terminal', () => {
  expect(() => assertSafePaths(['ok', 'a\u001b]0;owned\u0007b'])).toThrow(
    'Cannot write a file called "ab": control character',
  )
})

test('assertSafePaths() takes 100,000 files, and finds the one at fault among them', () => {
  const filePaths = Array.from({ length: 100_000 }, (_, n) => `data/part-${n % 317}/deep/er/shard-${n}.safetensors`)
  assertSafePaths(filePaths)
  expect(() => assertSafePaths([...filePaths, 'data/PART-1/deep/er/shard-1.safetensors'])).toThrow(
    /differs only in case/,
  )
})

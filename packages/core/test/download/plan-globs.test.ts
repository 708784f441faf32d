import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGlob, createGlobs } from '../../src/download/plan-globs.ts'

/** Expected values are what Python's `fnmatch.fnmatchcase` gives; `scripts/interop` compares many more with the real one. */
test.each([
  ['*.json', 'config.json', true],
  ['*.json', 'a/b/config.json', true],
  ['*.json', 'config.JSON', false],
  ['data/*', 'data/x/y', true],
  ['onnx/', 'onnx/model.onnx', true],
  ['onnx\\*', 'onnx/model.onnx', true],
  ['?.txt', 'a.txt', true],
  ['?.txt', '/.txt', true],
  ['?', '😀', true],
  ['.*', '.gitattributes', true],
  ['*', '.hidden', true],
  ['model-[0-9].bin', 'model-7.bin', true],
  ['[!a-c]x', 'dx', true],
  ['[!a-c]x', 'bx', false],
  ['[]]', ']', true],
  ['[!]]', ']', false],
  ['[z-a]', 'm', false],
  ['[!z-a]', 'm', true],
  ['[a-]', '-', true],
  ['[^a]', '^', true],
  ['[^a]', 'b', false],
  ['[a', '[a', true],
  ['{a,b}', 'a', false],
  ['!(a)', 'b', false],
  ['**/x', 'x', false],
  ['a*b*c', 'aXbYc', true],
  ['a*b*c', 'aXcYb', false],
  ['', '', true],
  ['*', '', true],
])('createGlob(%j) on %j: %s', (pattern, path, matches) => {
  expect(createGlob(pattern)(path)).toBe(matches)
})

test('createGlobs() takes a path that any of its patterns takes, and none without patterns', () => {
  expect(createGlobs(['*.md', '*.txt'])('a.txt')).toBe(true)
  expect(createGlobs([])('a.txt')).toBe(false)
})

test('createGlob() agrees with the regular expression of the same meaning', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (glob, path) => {
      fc.pre(!glob.endsWith('/'))
      const escaped = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      expect(createGlob(glob)(path)).toBe(new RegExp(`^${escaped}$`, 's').test(path))
    }),
    { numRuns: 2000 },
  )
})

test('createGlob() ends, whatever the pattern: a hundred stars are no trap', () => {
  expect(createGlob('*a'.repeat(100))('a'.repeat(4000) + 'b')).toBe(false)
})

import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasControlCharacters, stripControlCharacters } from '../../src/util/control-characters.ts'
import { parseCount, parseRange, parseTokens } from '../../src/util/quantity.ts'
import { Secret } from '../../src/util/secret.ts'

describe('stripControlCharacters()', () => {
  test.each([
    ['colour', 'a\u001B[31mred\u001B[0m b', 'ared b'],
    ['window title', 'x\u001B]0;owned\u0007y', 'xy'],
    ['hyperlink', '\u001B]8;;http://evil\u001B\\text\u001B]8;;\u001B\\', 'text'],
    ['one-byte CSI', 'a\u009B2Jb', 'ab'],
    ['cut escape', 'a\u001B[', 'a'],
    ['line breaks and NUL', 'a\r\n\u0000b', 'a b'],
    ['right to left', 'safe\u202Egpj.exe', 'safe gpj.exe'],
  ])('removes a %s', (_name, text, clean) => {
    expect(stripControlCharacters(text)).toBe(clean)
  })

  test('leaves no control character in any text, and other text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hasControlCharacters(stripControlCharacters(text))).toBe(false)
      }),
    )
    expect(stripControlCharacters('Qwen/通义千问-7B é 👍')).toBe('Qwen/通义千问-7B é 👍')
  })
})

describe('quantities', () => {
  test('are read as people write them', () => {
    expect([parseCount('8B'), parseCount('360m'), parseCount('1.5T'), parseCount('7_000')]).toEqual([
      8e9, 360e6, 1.5e12, 7000,
    ])
    expect([parseTokens('32k'), parseTokens('1M'), parseTokens('131072')]).toEqual([32_768, 1_048_576, 131_072])
    expect(parseRange('6B..9B', parseCount)).toEqual({ min: 6e9, max: 9e9 })
    expect(parseRange('32k..', parseTokens)).toEqual({ min: 32_768 })
    expect(parseRange('..3B', parseCount)).toEqual({ max: 3e9 })
    expect(parseRange('8B', parseCount)).toEqual({ min: 8e9, max: 8e9 })
  })

  test.each(['', '..', '9B..6B', '1..2..3', 'big', '-3B', '1e999', '8 B B'])('refuse %j', (text) => {
    expect(() => parseRange(text, parseCount)).toThrow(SyntaxError)
  })
})

test('Secret shows its text to nobody who did not ask for it by name', () => {
  const secret = new Secret('hf_not_a_real_token')
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret, { depth: 9, showHidden: true }),
    [secret].join(),
  ]
  expect(shown.join()).not.toContain('hf_not')
  expect(secret.reveal()).toBe('hf_not_a_real_token')
})

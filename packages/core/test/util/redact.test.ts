import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactor } from '../../src/util/redact.ts'
import { Secret } from '../../src/util/secret.ts'

const spell = {
  plain: (character: string) => character,
  json: (character: string) => `\\u00${hex(character)}`,
  loudJson: (character: string) => `\\u00${hex(character).toUpperCase()}`,
  percent: (character: string) => `%${hex(character)}`,
}

test('redactor() finds the secret in every mixture of spellings, and changes nothing else', () => {
  const secret = fc.string({
    minLength: 6,
    maxLength: 40,
    unit: fc.constantFrom(...'hf_aZ09-.~%$()*+?[\\]^{|}'.split('')),
  })
  const quiet = fc.string({ unit: fc.constantFrom('x', ' ', 'é', '\n', '"') })
  const spellings = fc.array(fc.constantFrom(...Object.values(spell)), { minLength: 40, maxLength: 40 })
  fc.assert(
    fc.property(secret, quiet, quiet, spellings, (value, before, after, ways) => {
      const written = value
        .split('')
        .map((character, index) => ways[index]?.(character))
        .join('')
      expect(redactor(new Secret(value))(before + written + after)).toBe(`${before}[secret]${after}`)
    }),
  )
})

test('redactor() leaves text alone without a secret', () => {
  expect(redactor(undefined)('a \\u0068 %68')).toBe('a \\u0068 %68')
  expect(redactor(new Secret(''))('text')).toBe('text')
  expect(redactor(new Secret('a'))('banana')).toBe('banana')
  expect(redactor(new Secret('hf_test'))('100%25 of \\u0041')).toBe('100%25 of \\u0041')
})

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0')
}

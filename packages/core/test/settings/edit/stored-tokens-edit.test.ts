import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { storableName, withoutStoredToken, withStoredToken } from '../../../src/settings/edit/stored-tokens-edit.ts'
import { parseStoredTokens } from '../../../src/settings/stored-tokens.ts'
import { Secret } from '../../../src/util/secret.ts'

const line = fc.oneof(
  fc.constantFrom(
    '[a]',
    '[b]',
    '[a]b]',
    'hf_token = hf_test_1',
    'expires_at = 7',
    '# note',
    '; note',
    '',
    '  more',
    '=',
  ),
  fc.string({ maxLength: 12 }).filter((text) => !/[\r\n]/.test(text)),
)
const file = fc
  .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, eol, isClosed]) => lines.join(eol) + (isClosed ? eol : ''))

const values = (text: string): Map<string, string> =>
  new Map(parseStoredTokens(text).map(({ name, secret }) => [name, secret.reveal()]))

describe('withStoredToken()', () => {
  test('can be read back, and changes no other token, for any file', () => {
    fc.assert(
      fc.property(file, fc.constantFrom('a', 'mine', 'né w'), (text, name) => {
        const after = withStoredToken(text, name, new Secret('hf_test_new'))
        const before = values(text)
        expect(values(after)).toEqual(new Map([...before].filter(([key]) => key !== name)).set(name, 'hf_test_new'))
      }),
    )
  })

  test('adds at the end and keeps every byte before it where the name is new', () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(withStoredToken(text, 'mine', new Secret('hf_test_new')).startsWith(text)).toBe(true)
      }),
    )
  })
})

describe('withoutStoredToken()', () => {
  test('takes back what withStoredToken() added, but for blank lines at the end', () => {
    fc.assert(
      fc.property(file, (text) => {
        const again = withoutStoredToken(withStoredToken(text, 'mine', new Secret('hf_test_new')), 'mine')
        expect(again.trimEnd()).toBe(text.trimEnd())
      }),
    )
  })
})

test.each([
  ['laptop', true],
  ['my laptop #2 [old]', true],
  ['ключ', true],
  ['', false],
  [' laptop', false],
  ['a\nb', false],
  ['a\u2028b', false],
  ['DEFAULT', false],
  ['x'.repeat(201), false],
])('storableName(%j): %s', (name, isStorable) => {
  expect(storableName(name)).toBe(isStorable ? name : undefined)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { looksLikeToken, tokenFault } from '../../src/settings/token-shape.ts'

describe('tokenFault()', () => {
  test.each(['hf_test_ada_reads', 'hf_oauth_test1234', 'hf_jwt_a.b-c_d', 'hf_AbCdEfGh'])('takes %s', (text) => {
    expect(tokenFault(text)).toBeUndefined()
  })

  test.each([
    ['', 'nothing'],
    ['Bearer hf_test_ada', 'blanks'],
    ['hf_test_a\nhf_test_b', 'line breaks'],
    ['"hf_test_ada"', 'quotation'],
    ['api_org_test', 'organisation'],
    ['sk-test', 'begins with hf_'],
    ['hf_test_ädä', 'characters'],
    ['hf_test_\u001B[31m', 'characters'],
    ['hf_ab', 'too short'],
    [`hf_${'a'.repeat(5000)}`, 'too long'],
  ])('says what is wrong with %j', (text, why) => {
    expect(tokenFault(text)).toContain(why)
  })

  test('never repeats what it was given', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, unit: 'binary' }), (text) => {
        expect(tokenFault(text) ?? '').not.toContain(text)
      }),
    )
  })
})

describe('looksLikeToken()', () => {
  // Made here, so that no text of that shape stands in this file.
  const token = `hf_${'Ab1'.repeat(10)}`
  test.each([token, `--token=${token}`, `Bearer ${token}`, `"${token}"`, `hf_oauth_${'x'.repeat(30)}`])(
    'sees the token in a word',
    (word) => expect(looksLikeToken(word)).toBe(true),
  )

  test.each(['hf_hub_tools', 'hf_', 'org/hf_model', 'hf_llama_3_1_8b_instruct_finetuned', '--params=6B..9B', 'llama'])(
    'takes %s for what it is',
    (word) => expect(looksLikeToken(word)).toBe(false),
  )
})

import { describe, expect, test } from 'vitest'
import { gatedReach, lacksGatedRight } from '../../src/access/token-rights.ts'
import { type Account, parseAccount } from '../../src/hub/whoami.ts'

/** As `whoami-v2` tells it. */
function account(role: string | undefined, fineGrained?: object): Account {
  const parsed = parseAccount({ name: 'ada', auth: { accessToken: { role, fineGrained } } })
  if (parsed === undefined) throw new Error('Cannot be: it has a name')
  return parsed
}

const scope = (name: string, ...permissions: string[]): object => ({ entity: { type: 'model', name }, permissions })
const content = 'repo.content.read'

describe('gatedReach()', () => {
  test.each([
    ['granted', account('read'), []],
    ['granted', account('write'), []],
    ['granted', account('fineGrained', { canReadGatedRepos: true, scoped: [scope('a/b', content)] }), []],
    ['named', account('fineGrained', { scoped: [scope('a/b', content), scope('acme', content)] }), ['a/b', 'acme']],
    ['none', account('fineGrained', { scoped: [scope('a/b', 'repo.write')] }), []],
    ['none', account('fineGrained'), []],
    ['unknown', account(undefined), []],
    ['unknown', account('god'), []],
  ])('is %s', (reach, of, names) => {
    expect(gatedReach(of)).toEqual({ reach, names })
  })

  test('agrees with lacksGatedRight()', () => {
    const named = account('fineGrained', { scoped: [scope('acme', content)] })
    expect([lacksGatedRight(named, 'acme/tiny'), lacksGatedRight(named, 'other/tiny')]).toEqual([false, true])
    expect(lacksGatedRight(account('fineGrained'), 'a/b')).toBe(true)
    expect(lacksGatedRight(account('read'), 'a/b')).toBe(false)
  })
})

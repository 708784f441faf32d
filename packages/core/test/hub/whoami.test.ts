import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HubClient } from '../../src/hub/client.ts'
import { askWhoami, parseAccount } from '../../src/hub/whoami.ts'
import { json, startLocalHub } from './local-hub.ts'

const ada = {
  type: 'user',
  name: 'ada',
  fullname: 'Ada L.',
  orgs: [{ type: 'org', name: 'acme', roleInOrg: 'write' }],
  auth: {
    type: 'access_token',
    accessToken: {
      displayName: 'laptop',
      role: 'fineGrained',
      fineGrained: {
        canReadGatedRepos: true,
        global: [],
        scoped: [{ entity: { type: 'model', name: 'acme/tiny-8b' }, permissions: ['repo.content.read'] }],
      },
    },
  },
}

describe('askWhoami()', () => {
  test('gives the account, its organisations and what the token may do', async () => {
    await using hub = await startLocalHub((_, response) => json(response, ada))
    await using client = new HubClient(hub.settings({ HF_TOKEN: 'hf_test_ada' }))
    expect(await askWhoami(client)).toEqual({
      name: 'ada',
      type: 'user',
      fullname: 'Ada L.',
      orgs: ['acme'],
      token: {
        displayName: 'laptop',
        kind: 'fineGrained',
        fineGrained: {
          canReadGatedRepos: true,
          scoped: [{ entityType: 'model', entityName: 'acme/tiny-8b', permissions: ['repo.content.read'] }],
        },
      },
    })
    expect(hub.requests[0]?.headers.authorization).toBe('Bearer hf_test_ada')
  })

  test('calls a token that the Hub does not know invalid, whatever words it uses', async () => {
    await using hub = await startLocalHub((_, response) =>
      json(response, { error: 'Invalid username or password.' }, 401),
    )
    await using client = new HubClient(hub.settings({ HF_TOKEN: 'hf_test_gone' }))
    await expect(askWhoami(client)).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' })
  })
})

describe('parseAccount()', () => {
  test('needs no more than a name, and drops what steers a terminal', () => {
    expect(parseAccount({ name: 'a\u001b[31mda' })).toEqual({ name: 'ada', type: 'user', orgs: [], token: {} })
  })

  test('takes any JSON without harm', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, auth) => {
        expect(parseAccount(value)?.name).not.toBe('')
        expect(parseAccount({ name: 'ada', orgs: value, auth })?.name).toBe('ada')
      }),
    )
  })
})

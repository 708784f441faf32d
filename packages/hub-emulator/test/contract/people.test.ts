import { describe, expect, test } from 'vitest'
import { type HubEmulator, startHubEmulator } from '../../src/start.ts'
import { ask, objectOf, postJson, type Reply, rowsOf } from '../ask.ts'

const gated = 'acme/gated'
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    { id: gated, gated: 'manual', files: { 'config.json': '{}' }, gatedFields: { Company: 'text' } },
    { id: 'acme/terms', gated: 'auto', files: { 'config.json': '{}' } },
    { id: 'acme/open', files: {} },
  ],
} as const
const ada = 'hf_test_ada_read'
const owner = 'hf_test_olga_write'

function askAccess(hub: HubEmulator, model: string, token = ada): Promise<Reply> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return ask(`${hub.endpoint}/${model}/ask-access`, { method: 'POST', token, headers, body: 'Company=Acme&I+agree=on' })
}

async function messageFor(hub: HubEmulator, model: string): Promise<string | undefined> {
  return (await ask(`${hub.endpoint}/api/models/${model}/auth-check`, { token: ada })).headers['x-error-message']
}

describe('row 14: whoami-v2', () => {
  test.each([
    ['read', ada, undefined],
    ['write', 'hf_test_ada_write', undefined],
    ['fineGrained', 'hf_test_ada_fine', { canReadGatedRepos: false, global: [], scoped: [] }],
    ['fineGrained', 'hf_test_ada_fine_gated', { canReadGatedRepos: true, global: [], scoped: [] }],
  ])('tells a %s token', async (role, token, fineGrained) => {
    await using hub = await startHubEmulator(setup)
    const answer = objectOf(await ask(`${hub.endpoint}/api/whoami-v2`, { token }))
    expect(answer).toMatchObject({ type: 'user', name: 'ada', fullname: 'Ada L.', isPro: false, orgs: [] })
    const { accessToken } = answer['auth'] as { accessToken: Record<string, unknown> }
    expect([accessToken['role'], accessToken['fineGrained']]).toEqual([role, fineGrained])
  })

  test('tells organisations with the role in each, and scoped permissions by entity', async () => {
    await using hub = await startHubEmulator(setup)
    const scoped = [{ entity: { type: 'org', name: 'acme' }, permissions: ['repo.content.read'] }] as const
    const { token } = hub.admin.createToken({ account: 'max', role: 'fineGrained', scoped })
    expect(token).toMatch(/^hf_test_.{1,22}$/)
    const answer = objectOf(await ask(`${hub.endpoint}/api/whoami-v2`, { token }))
    expect(answer).toMatchObject({
      orgs: [{ type: 'org', name: 'acme', roleInOrg: 'read' }],
      auth: {
        accessToken: {
          fineGrained: { scoped: [{ entity: { type: 'org', name: 'acme' }, permissions: ['repo.content.read'] }] },
        },
      },
    })
  })

  test.each([
    ['no token', {}],
    ['an unknown token', { token: 'hf_test_nobody' }],
    ['no bearer', { headers: { authorization: 'Basic x' } }],
  ])('answers %s with 401 and no code', async (_, as) => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(`${hub.endpoint}/api/whoami-v2`, as)
    expect([reply.status, reply.body, reply.headers['x-error-code']]).toEqual([
      401,
      '{"error":"Invalid username or password."}',
      undefined,
    ])
  })

  test('knows a token no longer once it is revoked or has run out', async () => {
    await using hub = await startHubEmulator(setup)
    const { token } = hub.admin.createToken({ account: 'ada', expiresAt: new Date(Date.now() + 60_000).toISOString() })
    const status = async (value: string): Promise<number> =>
      (await ask(`${hub.endpoint}/api/whoami-v2`, { token: value })).status
    expect([await status(token), await status(ada)]).toEqual([200, 200])
    hub.admin.revokeToken({ token: ada })
    hub.admin.setClock({ offsetMs: 61_000 })
    expect([await status(token), await status(ada)]).toEqual([401, 401])
  })
})

describe('row 15: ask-access answers 303 in every state', () => {
  test.each([
    ['never asked', undefined, 'awaiting a review'],
    ['pending', 'pend', 'awaiting a review'],
    ['rejected', 'reject', 'has been rejected'],
    ['accepted', 'approve', undefined],
    ['reset', 'reset', 'awaiting a review'],
  ] as const)('%s', async (_, before, after) => {
    await using hub = await startHubEmulator(setup)
    if (before !== undefined) hub.admin[before]({ model: gated, user: 'ada' })
    const reply = await askAccess(hub, gated)
    expect([reply.status, reply.headers['location']]).toEqual([303, `${hub.endpoint}/${gated}`])
    expect(reply.body).toBe(`See Other. Redirecting to ${hub.endpoint}/${gated}`)
    const message = await messageFor(hub, gated)
    if (after === undefined) expect(message).toBeUndefined()
    else expect(message).toContain(after)
  })

  test('an automatic gate opens at once, also after a reset; a manual one never by itself', async () => {
    await using hub = await startHubEmulator(setup)
    await askAccess(hub, 'acme/terms')
    expect(await messageFor(hub, 'acme/terms')).toBeUndefined()
    hub.admin.reset({ model: 'acme/terms', user: 'ada' })
    expect(await messageFor(hub, 'acme/terms')).toContain('has been reset')
    await askAccess(hub, 'acme/terms')
    expect(await messageFor(hub, 'acme/terms')).toBeUndefined()
    await askAccess(hub, gated)
    hub.admin.setGate({ model: gated, gated: 'auto' })
    expect(await messageFor(hub, gated)).toContain('awaiting a review')
  })

  test('a gate switched off lets all in, and its requests count again when it returns', async () => {
    await using hub = await startHubEmulator(setup)
    hub.admin.reject({ model: gated, user: 'ada' })
    hub.admin.setGate({ model: gated, gated: false })
    expect(await messageFor(hub, gated)).toBeUndefined()
    hub.admin.setGate({ model: gated, gated: 'manual' })
    expect(await messageFor(hub, gated)).toContain('has been rejected')
  })

  test('cancel takes back what is pending, and only that', async () => {
    await using hub = await startHubEmulator(setup)
    const cancel = (token?: string): Promise<Reply> =>
      postJson(`${hub.endpoint}/api/models/${gated}/user-access-request/cancel`, {}, token)
    const none = await cancel(ada)
    expect([none.status, objectOf(none)['error']]).toEqual([
      404,
      'No pending access request found for this repo and this user',
    ])
    await askAccess(hub, gated)
    expect((await cancel(ada)).body).toBe('{"ok":true}')
    expect(await messageFor(hub, gated)).toContain('not in the authorized list')
    hub.admin.approve({ model: gated, user: 'ada' })
    expect((await cancel(ada)).status).toBe(404)
    expect((await cancel()).status).toBe(401)
  })
})

describe('the owner’s side', () => {
  const path = `/api/models/${gated}`
  test('lists requests with their fields, and handles, grants and batches them', async () => {
    await using hub = await startHubEmulator(setup)
    await askAccess(hub, gated)
    const list = async (status: string, query = ''): Promise<Record<string, unknown>[]> =>
      rowsOf(await ask(`${hub.endpoint}${path}/user-access-request/${status}${query}`, { token: owner }))
    const post = (call: string, value: unknown): Promise<Reply> =>
      postJson(`${hub.endpoint}${path}/user-access-request/${call}`, value, owner)
    expect(await list('pending')).toMatchObject([
      { user: { user: 'ada' }, status: 'pending', fields: { Company: 'Acme', 'I agree': 'on' } },
    ])
    expect([await list('pending', '?q=AD'), await list('pending', '?q=b')].map(({ length }) => length)).toEqual([1, 0])
    expect((await post('handle', { user: 'ada', status: 'accepted' })).body).toBe('{}')
    expect(await messageFor(hub, gated)).toBeUndefined()
    expect(objectOf(await post('handle', { user: 'ada', status: 'accepted' }))['error']).toBe(
      'No access request found matching your criteria',
    )
    expect(objectOf(await post('handle', { user: 'nobody', status: 'accepted' }))['error']).toBe('User not found')
    expect((await post('grant', { user: 'ada' })).status).toBe(400)
    expect((await post('grant', { user: 'bob' })).status).toBe(200)
    expect(await list('accepted')).toMatchObject([{}, { user: { user: 'bob' }, grantedBy: { user: 'olga' } }])
    const batch = await post('batch', {
      status: 'rejected',
      requests: [{ user: 'ada' }, { user: 'nobody' }, { user: 'max' }],
    })
    expect(rowsOf(batch)).toEqual([
      { user: 'ada', ok: true },
      { user: 'nobody', ok: false, error: 'user_not_found' },
      { user: 'max', ok: false, error: 'request_not_found' },
    ])
    expect(
      (await ask(`${hub.endpoint}${path}/user-access-request/pending?limit=5`, { token: owner })).headers[
        'x-error-message'
      ],
    ).toBe('* Too small: expected number to be >=10 * at limit')
  })

  test('changes the gate by its settings, which are echoed', async () => {
    await using hub = await startHubEmulator(setup)
    const put = (value: unknown, token?: string): Promise<Reply> =>
      postJson(`${hub.endpoint}${path}/settings`, value, token, 'PUT')
    const body = { gated: 'auto', orgMembersGated: true, gatedNotificationsMode: 'bulk' }
    expect(objectOf(await put(body, owner))).toEqual({ gated: 'auto', orgMembersGated: true })
    expect(objectOf(await ask(`${hub.endpoint}${path}`))['gated']).toBe('auto')
    const refused = await put({ gated: false }, 'hf_test_max_read')
    expect([refused.status, objectOf(refused)['error']]).toEqual([
      403,
      'You have read access but not the required permissions for this operation',
    ])
    expect((await put({ gated: false })).status).toBe(401)
    expect((await put({ gated: 'maybe' }, owner)).status).toBe(400)
  })

  test('on a model without a gate: 400 RepoNotGated', async () => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(`${hub.endpoint}/api/models/acme/open/user-access-request/pending`, { token: owner })
    expect([reply.status, reply.headers['x-error-code'], objectOf(reply)['error']]).toEqual([
      400,
      'RepoNotGated',
      'model acme/open is not gated',
    ])
  })

  test('auth-check/write is for those who may write', async () => {
    await using hub = await startHubEmulator(setup)
    const status = async (token: string): Promise<number> =>
      (await ask(`${hub.endpoint}${path}/auth-check/write`, { token })).status
    expect([await status(owner), await status('hf_test_max_read'), await status(ada)]).toEqual([200, 403, 403])
  })
})

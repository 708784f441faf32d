import { describe, expect, test } from 'vitest'
import { startHubEmulator } from '../../src/start.ts'
import { ask, askBytes, objectOf, postJson, rowsOf } from '../ask.ts'

const setup = {
  wellKnown: false,
  syntheticModels: 10,
  models: [{ id: 'acme/gated', gated: 'manual', files: { 'config.json': '{}' } }],
} as const

describe('the admin address', () => {
  test('does by name what the functions do', async () => {
    await using hub = await startHubEmulator(setup)
    const admin = (name: string, value: unknown = {}): ReturnType<typeof postJson> =>
      postJson(`${hub.adminUrl}/__admin/${name}`, value)
    const status = async (id = 'acme/gated', path = '/auth-check', token = 'hf_test_ada_read'): Promise<number> =>
      (await ask(`${hub.endpoint}/api/models/${id}${path}`, { token })).status
    await admin('approve', { model: 'acme/gated', user: 'ada' })
    expect(await status()).toBe(200)
    await admin('rename', { model: 'acme/gated', to: 'acme/renamed' })
    expect([await status(), await status('acme/renamed')]).toEqual([307, 200])
    await admin('setDisabled', { model: 'acme/renamed', disabled: true })
    expect(await status('acme/renamed')).toBe(403)
    await admin('setDisabled', { model: 'acme/renamed', disabled: false })
    await admin('setPrivate', { model: 'acme/renamed', private: true })
    expect(await status('acme/renamed')).toBe(404)
    await admin('deleteModel', { model: 'acme/renamed' })
    expect([await status('acme/renamed', ''), await status('acme/gated', '')]).toEqual([404, 404])
    const files = { 'a.txt': 'text', 'b.bin': { base64: 'AAEC' }, 'c.bin': { size: 5, seed: 'c' } }
    expect((await admin('createModel', { id: 'bob/new', files })).status).toBe(200)
    const { headers } = await ask(`${hub.endpoint}/bob/new/resolve/main/b.bin`)
    expect([...(await askBytes(headers['location'] ?? '')).bytes]).toEqual([0, 1, 2])
    const { token } = objectOf(await admin('createToken', { account: 'bob', role: 'fineGrained' }))
    expect(await status('bob/new', '/auth-check', String(token))).toBe(200)
    await admin('setFaults', { rules: [{ when: { route: '/check/' }, fault: { kind: 'status', status: 503 } }] })
    expect(await status('bob/new')).toBe(503)
    const log = rowsOf(await admin('requests', { route: 'auth-check' }))
    expect(log.at(-1)).toMatchObject({ method: 'GET', modelId: 'bob/new', status: 503, faults: ['status'] })
    await admin('clearLog')
    expect(rowsOf(await admin('requests'))).toEqual([])
    await admin('resetAll')
    expect([await status(), await status('bob/new', '')]).toEqual([403, 404])
  })

  test('names its calls, and says of a wrong one what is wrong', async () => {
    await using hub = await startHubEmulator(setup)
    const { calls } = objectOf(await ask(`${hub.adminUrl}/__admin/`))
    expect((calls as string[]).toSorted()).toEqual(Object.keys(hub.admin).toSorted())
    const bad = async (name: string, value: unknown): Promise<[number, unknown]> => {
      const reply = await postJson(`${hub.adminUrl}/__admin/${name}`, value)
      return [reply.status, objectOf(reply)['error']]
    }
    expect(await bad('nonsense', {})).toEqual([404, expect.stringContaining('no such call')])
    expect(await bad('approve', { model: 'acme/none', user: 'ada' })).toEqual([
      400,
      'Cannot use model "acme/none": no such model',
    ])
    expect(await bad('approve', { model: 'acme/gated', user: 'none' })).toEqual([
      400,
      'Cannot use account "none": no such account',
    ])
    expect(await bad('approve', { model: 'acme/gated' })).toEqual([400, expect.stringContaining('at user')])
    expect(await bad('createModel', { id: 'a/b', gatd: true })).toEqual([400, expect.stringContaining('gatd')])
    const form = await ask(`${hub.adminUrl}/__admin/resetAll`, { method: 'POST', body: '{}' })
    expect(form.status).toBe(415)
  })
})

describe('admin functions', () => {
  test('change a synthetic model as any other: its commits stay, its row is not computed again', async () => {
    await using hub = await startHubEmulator(setup)
    const rows = async (): Promise<Record<string, unknown>[]> =>
      rowsOf(await ask(`${hub.endpoint}/api/models?sort=id&full=true`))
    const before = await rows()
    const id = String(before[3]?.['id'])
    const commit = hub.admin.commits({ model: id })[0]
    hub.admin.setGate({ model: id, gated: 'auto' })
    hub.admin.rename({ model: id, to: 'zeta/renamed' })
    expect(hub.admin.commits({ model: 'zeta/renamed' })).toEqual([commit])
    const after = await rows()
    expect(after).toHaveLength(before.length)
    expect(after.at(-1)).toMatchObject({ id: 'zeta/renamed', gated: 'auto', _id: before[3]?.['_id'], sha: commit })
    expect((await ask(`${hub.endpoint}/api/models/${id}`)).headers['location']).toBe('/api/models/zeta/renamed')
  })

  test('a name that was left may be taken again, and then is no former name', async () => {
    await using hub = await startHubEmulator(setup)
    hub.admin.rename({ model: 'acme/gated', to: 'acme/moved' })
    hub.admin.createModel({ id: 'acme/gated', files: { a: 'a' } })
    expect((await ask(`${hub.endpoint}/api/models/acme/gated`)).status).toBe(200)
    expect((await ask(`${hub.endpoint}/api/models/acme/moved`)).status).toBe(200)
    expect(() => hub.admin.createModel({ id: 'acme/moved' })).toThrow(RangeError)
    expect(() => hub.admin.rename({ model: 'acme/gated', to: 'acme/moved' })).toThrow(RangeError)
  })

  test('log what came: method, address, headers, status, bytes, connection', async () => {
    await using hub = await startHubEmulator(setup)
    await ask(`${hub.endpoint}/api/models/acme/gated?x=1`, {
      token: 'hf_test_ada_read',
      headers: { 'user-agent': 'me' },
    })
    expect(hub.log.entries()).toMatchObject([
      {
        number: 1,
        host: 'hub',
        method: 'GET',
        url: '/api/models/acme/gated?x=1',
        headers: { authorization: 'Bearer hf_test_ada_read', 'user-agent': 'me' },
        route: 'model-details',
        modelId: 'acme/gated',
        status: 200,
        isAborted: false,
        faults: [],
      },
    ])
    expect(hub.log.entries()[0]?.bytes).toBeGreaterThan(100)
  })
})

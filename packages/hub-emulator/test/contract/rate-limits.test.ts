import { describe, expect, test } from 'vitest'
import { startHubEmulator } from '../../src/start.ts'
import { ask, objectOf } from '../ask.ts'

const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [{ id: 'acme/open', files: { 'a.bin': { size: 10 } } }],
} as const

function api(remaining: number, quota: number): string[] {
  return [`"api";r=${remaining};t=300`, `"fixed window";"api";q=${quota};w=300`]
}

describe('row 13: rate limits', () => {
  test('the pair is on every answer of the Hub, by bucket and by caller', async () => {
    await using hub = await startHubEmulator(setup)
    const pair = async (path: string, token?: string): Promise<unknown[]> => {
      const { headers } = await ask(hub.endpoint + path, token === undefined ? {} : { token })
      return [headers['ratelimit'], headers['ratelimit-policy']]
    }
    expect(await pair('/api/models')).toEqual(api(499, 500))
    expect(await pair('/api/models/none/none')).toEqual(api(498, 500))
    expect(await pair('/api/models', 'hf_test_ada_read')).toEqual(api(999, 1000))
    expect(await pair('/api/models', 'hf_test_ada_write')).toEqual(api(998, 1000))
    expect(await pair('/api/models', 'hf_test_bob_read')).toEqual(api(2499, 2500))
    expect(await pair('/acme/open/resolve/main/a.bin')).toEqual([
      '"resolvers";r=2999;t=300',
      '"fixed window";"resolvers";q=3000;w=300',
    ])
    expect(await pair('/acme/open')).toEqual(['"pages";r=99;t=300', '"fixed window";"pages";q=100;w=300'])
  })

  test('a used-up quota is 429 with r=0 until the window ends; an anonymous caller is told the address', async () => {
    await using hub = await startHubEmulator({ ...setup, rateLimits: { windowSeconds: 60, quotas: { api: 2 } } })
    const get = (token?: string): ReturnType<typeof ask> =>
      ask(`${hub.endpoint}/api/models`, token === undefined ? {} : { token })
    await get()
    await get()
    const refused = await get()
    expect([refused.status, refused.headers['ratelimit'], refused.headers['retry-after']]).toEqual([
      429,
      '"api";r=0;t=60',
      undefined,
    ])
    expect(objectOf(refused)['error']).toMatch(/^We had to rate limit your IP \(127\.0\.0\.1\)\./)
    expect((await get('hf_test_ada_read')).status).toBe(200)
    await get('hf_test_ada_read')
    expect(objectOf(await get('hf_test_ada_read'))['error']).toContain(
      'you hit the quota of 2 api requests per 1 minutes period',
    )
    hub.admin.setClock({ offsetMs: 60_000 })
    expect((await get()).status).toBe(200)
  })

  test.each([
    [{ limiter: 'own', resetSeconds: 7 }, '"api";r=0;t=7', undefined],
    [{ limiter: 'other', retryAfter: 3 }, '"api";r=499;t=300', '3'],
    [
      { limiter: 'other', retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' },
      '"api";r=499;t=300',
      'Wed, 21 Oct 2026 07:28:00 GMT',
    ],
    [{}, '"api";r=0;t=300', undefined],
  ] as const)('a scripted 429: %o', async (fields, rateLimit, retryAfter) => {
    const rule = {
      when: { route: 'list-models', count: 1 },
      fault: { kind: 'status', status: 429, ...fields },
    } as const
    await using hub = await startHubEmulator({ ...setup, faults: [rule] })
    const reply = await ask(`${hub.endpoint}/api/models`)
    expect([reply.status, reply.headers['ratelimit'], reply.headers['retry-after']]).toEqual([
      429,
      rateLimit,
      retryAfter,
    ])
    expect((await ask(`${hub.endpoint}/api/models`)).status).toBe(200)
  })

  test('whoami has a limiter of its own, whose 429 carries figures that say nothing of it', async () => {
    await using hub = await startHubEmulator({ ...setup, rateLimits: { quotas: { whoami: 1 } } })
    const get = (): ReturnType<typeof ask> => ask(`${hub.endpoint}/api/whoami-v2`, { token: 'hf_test_ada_read' })
    expect((await get()).status).toBe(200)
    const refused = await get()
    expect([refused.status, refused.headers['ratelimit']]).toEqual([429, '"api";r=998;t=300'])
  })

  test('on files the 429 is bare text', async () => {
    await using hub = await startHubEmulator({ ...setup, rateLimits: { quotas: { resolvers: 0 } } })
    const reply = await ask(`${hub.endpoint}/acme/open/resolve/main/a.bin`)
    expect([reply.status, reply.headers['content-type']]).toEqual([429, 'text/plain; charset=utf-8'])
  })
})

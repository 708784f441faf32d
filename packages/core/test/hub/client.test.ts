import type { ServerResponse } from 'node:http'
import { createGzip, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasErrorCode } from '../../src/errors.ts'
import { HubClient, type HubWait } from '../../src/hub/client.ts'
import { getDetails } from '../../src/hub/model-details.ts'
import { fetchModels, getModelDetails } from '../../src/hubgate.ts'
import { resolveSettings } from '../../src/settings/settings.ts'
import { json, startLocalHub } from './local-hub.ts'

const coded = (code: string): Error => expect.objectContaining({ code }) as Error

describe('fetchModels()', () => {
  test('asks as the specification says, and for the gate, which a list row lacks otherwise', async () => {
    await using hub = await startLocalHub((_, response) => json(response, [{ id: 'a/b', gated: 'auto' }]))
    expect(await fetchModels({ search: 'llama' }, hub.settings())).toEqual([{ id: 'a/b', gated: 'auto' }])
    const params = new URL(hub.requests[0]?.url ?? '', hub.url).searchParams
    expect(['filter', 'sort', 'direction', 'limit', 'search'].map((name) => params.get(name))).toEqual([
      'text-generation',
      'downloads',
      '-1',
      '100',
      'llama',
    ])
    expect(params.getAll('expand[]')).toEqual(
      expect.arrayContaining([
        'author',
        'gated',
        'downloads',
        'likes',
        'private',
        'tags',
        'pipeline_tag',
        'library_name',
      ]),
    )
  })

  test('follows pages to the limit and leaves out what comes twice', async () => {
    await using hub = await startLocalHub((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('cursor') ?? 0)
      const rows = Array.from({ length: 1000 }, (_, index) => ({ id: `a/m${page * 999 + index}` }))
      json(response, rows, 200, {
        link: `<http://${request.headers.host}/api/models?limit=1000&cursor=${page + 1}>; rel="next"`,
      })
    })
    const models = await fetchModels({ limit: 2500 }, hub.settings())
    expect(hub.requests).toHaveLength(3)
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length)
    expect(models).toHaveLength(2498)
  })

  test.each([
    ['a 500', 500, 'ERR_HUB_STATUS'],
    ['a 403', 403, 'ERR_HUB_STATUS'],
  ])('throws for %s, never an empty list', async (_, status, code) => {
    await using hub = await startLocalHub((_request, response) =>
      json(response, { error: 'no' }, status, { 'retry-after': '0' }),
    )
    await expect(fetchModels({}, hub.settings())).rejects.toThrow(coded(code))
  })

  test('names the address of a refusal without the query that nobody reads', async () => {
    await using hub = await startLocalHub((_, response) => void response.writeHead(403).end())
    await expect(fetchModels({ search: 'llama' }, hub.settings())).rejects.toThrow(
      `Cannot get ${hub.url}/api/models: the Hub answered 403`,
    )
  })

  test('does not follow a next page to another host', async () => {
    await using hub = await startLocalHub((_, response) =>
      json(response, [{ id: 'a/b' }], 200, { link: '<http://evil.example/api/models?cursor=1>; rel="next"' }),
    )
    await expect(fetchModels({}, hub.settings({ HF_TOKEN: 'hf_test' }))).rejects.toThrow(coded('ERR_HUB_ANSWER'))
  })

  test.each([0, -1, 1.5, Number.NaN])('refuses a limit of %s', async (limit) => {
    await expect(fetchModels({ limit })).rejects.toThrow(RangeError)
  })
})

describe('getModelDetails()', () => {
  test('follows a rename and keeps the token on the same host', async () => {
    await using hub = await startLocalHub((request, response) => {
      if (request.url === '/api/models/old/name') response.writeHead(307, { location: '/api/models/new/name' }).end()
      else json(response, { id: 'new/name', gated: 'manual' })
    })
    expect(await getModelDetails('old/name', hub.settings({ HF_TOKEN: 'hf_test' }))).toEqual({
      id: 'new/name',
      gated: 'manual',
    })
    expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer hf_test', 'Bearer hf_test'])
  })

  test('refuses a redirect to another host, and sends it nothing', async () => {
    await using other = await startLocalHub((_, response) => json(response, { id: 'a/b' }))
    await using hub = await startLocalHub(
      (_, response) => void response.writeHead(302, { location: `${other.url}/api/models/a/b` }).end(),
    )
    await expect(getModelDetails('a/b', hub.settings({ HF_TOKEN: 'hf_test' }))).rejects.toThrow(coded('ERR_HUB_ANSWER'))
    expect(other.requests).toEqual([])
  })

  test.each([
    ['missing, anonymous', 401, {}, 'Invalid username or password.', 'ERR_MODEL_NOT_FOUND'],
    ['missing, signed in', 404, { 'x-error-code': 'RepoNotFound' }, 'Repository not found', 'ERR_MODEL_NOT_FOUND'],
    ['a bad token', 401, {}, 'Invalid credentials in Authorization header', 'ERR_TOKEN_INVALID'],
    [
      'taken down',
      403,
      { 'x-error-message': 'Access to this resource is disabled.' },
      'Access to this resource is disabled.',
      'ERR_MODEL_DISABLED',
    ],
  ])('tells %s from the others', async (_, status, headers, error, code) => {
    await using hub = await startLocalHub((_request, response) => json(response, { error }, status, headers))
    await expect(getModelDetails('a/b', hub.settings())).rejects.toThrow(coded(code))
  })
})

describe('HubClient', () => {
  test('waits as a 429 says, tells it, and goes on', async () => {
    let calls = 0
    await using hub = await startLocalHub((_, response) => {
      calls += 1
      if (calls === 1) json(response, { error: 'slow down' }, 429, { ratelimit: '"api";r=0;t=0' })
      else json(response, [])
    })
    const waits: HubWait[] = []
    await using client = new HubClient(hub.settings(), { onWait: (wait) => waits.push(wait) })
    expect((await client.send({ path: '/api/models' })).status).toBe(200)
    expect(waits).toEqual([{ reason: 'rate-limit', delayMs: 1000, status: 429 }])
  })

  test('gives up a wait that is too long, with the time left', async () => {
    await using hub = await startLocalHub((_, response) => json(response, {}, 429, { ratelimit: '"api";r=0;t=280' }))
    await using client = new HubClient(hub.settings(), { maxWaitMs: 1000 })
    await expect(client.send({ path: '/api/models' })).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_RATE_LIMITED',
        details: expect.objectContaining({ retryAfterMs: 281_000 }),
      }) as Error,
    )
  })

  test("reads a moment to come back at by the Hub's own clock, whatever this machine's says", async () => {
    const date = 'Mon, 23 Nov 2099 12:00:00 GMT'
    const headers = { date, 'retry-after': 'Mon, 23 Nov 2099 12:00:20 GMT' }
    await using hub = await startLocalHub((_, response) => json(response, {}, 429, headers))
    await using client = new HubClient(hub.settings(), { maxWaitMs: 1000 })
    await expect(client.send({ path: '/api/models' })).rejects.toThrow(
      expect.objectContaining({ details: expect.objectContaining({ retryAfterMs: 21_000 }) as object }) as Error,
    )
  })

  test.each([
    ['HTML', (response: ServerResponse) => response.end('<html>')],
    ['cut JSON', (response: ServerResponse) => response.end('[{"id":"a/b"')],
    [
      'a body that breaks off',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-length': '1000' }).write('[', () => response.destroy()),
    ],
    [
      'a broken gzip',
      (response: ServerResponse) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
    ],
  ])('says so when %s comes in place of data', async (_, answer) => {
    await using hub = await startLocalHub((_request, response) => void answer(response))
    await expect(fetchModels({}, hub.settings())).rejects.toThrow(coded('ERR_HUB_ANSWER'))
  })

  test('does not unpack a small answer into a huge one', async () => {
    const bomb = await packZeros(100)
    await using hub = await startLocalHub(
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    await expect(fetchModels({}, hub.settings())).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_HUB_ANSWER',
        details: expect.objectContaining({ reason: 'size' }),
      }) as Error,
    )
  })

  test('reads a packed answer', async () => {
    await using hub = await startLocalHub(
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('[{"id":"a/b"}]')),
    )
    expect(await fetchModels({}, hub.settings())).toEqual([{ id: 'a/b' }])
  })

  test('reads an answer that begins with a byte order mark', async () => {
    await using hub = await startLocalHub((_, response) => response.end('\uFEFF{"id":"org/name","gated":false}'))
    await using client = new HubClient(hub.settings())
    expect(await getDetails(client, 'org/name')).toMatchObject({ model: { id: 'org/name', gated: false } })
  })

  test('ends at its time-out when the Hub hangs, and at once when aborted', async () => {
    await using hub = await startLocalHub(() => {})
    const settings = resolveSettings({ environment: { HF_ENDPOINT: hub.url }, flags: { timeoutMs: 300 } })
    await expect(fetchModels({}, settings)).rejects.toThrow(coded('ERR_HUB_UNREACHABLE'))
    await expect(fetchModels({ signal: AbortSignal.abort() }, settings)).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }) as Error,
    )
  })

  test('asks nothing while offline', async () => {
    await using hub = await startLocalHub((_, response) => json(response, []))
    await expect(fetchModels({}, hub.settings({ HF_HUB_OFFLINE: '1' }))).rejects.toThrow(coded('ERR_OFFLINE'))
    expect(hub.requests).toEqual([])
  })

  test('gives a model or a typed error for any JSON, and no error holds the token', async () => {
    let body: unknown
    await using hub = await startLocalHub((_, response) => json(response, body))
    const settings = hub.settings({ HF_TOKEN: 'hf_secretsecret' })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.record({
              id: fc.oneof(fc.constant('a/b'), fc.string()),
              tags: fc.jsonValue(),
              gated: fc.jsonValue(),
              downloads: fc.jsonValue(),
              safetensors: fc.jsonValue(),
            }),
          ),
        ),
        async (value) => {
          body = value
          try {
            await fetchModels({}, settings)
          } catch (error) {
            expect(hasErrorCode(error, 'ERR_HUB_ANSWER')).toBe(true)
            expect(JSON.stringify(error) + String(error)).not.toContain('hf_secretsecret')
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

function packZeros(mebibytes: number): Promise<Buffer> {
  const gzip = createGzip()
  const parts: Buffer[] = []
  gzip.on('data', (part: Buffer) => parts.push(part))
  for (let index = 0; index < mebibytes; index += 1) gzip.write(Buffer.alloc(1 << 20))
  gzip.end()
  return new Promise((resolve) => gzip.on('end', () => resolve(Buffer.concat(parts))))
}

import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readContent } from '../../src/files/content.ts'
import { computedContent, type Fault, type FaultMatch, type HubEmulator, startHubEmulator } from '../../src/start.ts'
import { ask, askBytes } from '../ask.ts'

const SIZE = 100_000
const bytes = readContent(computedContent(SIZE, 'w'), 0, SIZE)
const model = 'acme/open'
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    {
      id: model,
      files: { 'w.bin': { size: SIZE, seed: 'w' }, 'v.bin': { size: SIZE, seed: 'v' }, 'config.json': '{}' },
    },
    { id: 'acme/other', files: { 'w.bin': { size: SIZE, seed: 'w' } } },
  ],
} as const

/** Faults on the CDN's side of a download. */
async function onCdn(
  fault: Fault,
  when: FaultMatch = {},
): Promise<{ hub: HubEmulator; address: string } & AsyncDisposable> {
  const hub = await startHubEmulator({ ...setup, faults: [{ when: { host: 'cdn', ...when }, fault }] })
  const { headers } = await ask(`${hub.endpoint}/${model}/resolve/main/w.bin`)
  return { hub, address: headers['location'] ?? '', [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() }
}

/** What arrives before the connection ends, and how it ends. */
async function read(
  url: string,
  stopAfterMs?: number,
): Promise<{ received: Buffer; failed: boolean; announced: string | null }> {
  const signal = stopAfterMs === undefined ? null : AbortSignal.timeout(stopAfterMs)
  const response = await fetch(url, { signal, headers: { 'accept-encoding': 'identity' } })
  const parts: Uint8Array[] = []
  let failed = false
  try {
    for await (const part of response.body ?? []) parts.push(part as Uint8Array)
  } catch {
    failed = true
  }
  return { received: Buffer.concat(parts), failed, announced: response.headers.get('content-length') }
}

describe('row 20 and other faults of a body', () => {
  test('cut: so many bytes, then the connection ends', async () => {
    await using cdn = await onCdn({ kind: 'cut', afterBytes: 70_000 })
    const { received, failed, announced } = await read(cdn.address)
    expect([received.length, failed, announced]).toEqual([70_000, true, String(SIZE)])
    expect(received.equals(bytes.subarray(0, 70_000))).toBe(true)
    expect(cdn.hub.log.entries({ host: 'cdn' })).toMatchObject([
      { faults: ['cut'], status: 200, bytes: 70_000, isAborted: true },
    ])
  })

  test('short: less than announced, and a clean end', async () => {
    await using cdn = await onCdn({ kind: 'short', missingBytes: 1 })
    expect(await read(cdn.address)).toMatchObject({
      failed: true,
      announced: String(SIZE),
      received: bytes.subarray(0, SIZE - 1),
    })
  })

  test('truncate: less than the file has, in an answer that is whole', async () => {
    await using cdn = await onCdn({ kind: 'truncate', missingBytes: 10 })
    expect(await read(cdn.address)).toMatchObject({
      failed: false,
      announced: String(SIZE - 10),
      received: bytes.subarray(0, SIZE - 10),
    })
  })

  test('corrupt: the right length, one byte another; at a place of the file it is there in any range', async () => {
    await using cdn = await onCdn({ kind: 'corrupt' })
    const { received } = await read(cdn.address)
    expect([...received].filter((byte, index) => byte !== bytes[index])).toHaveLength(1)
    expect(received).toHaveLength(SIZE)
    cdn.hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: { kind: 'corrupt', at: 5000 } }] })
    const part = async (range: string): Promise<Buffer> => (await askBytes(cdn.address, { headers: { range } })).bytes
    expect((await part('bytes=0-4999')).equals(bytes.subarray(0, 5000))).toBe(true)
    const hit = await part('bytes=4990-5010')
    expect([hit[10], hit[11]]).toEqual([(bytes[5000] ?? 0) ^ 0xff, bytes[5001]])
  })

  test('hang-body: so many bytes, then silence until the client gives up', async () => {
    await using cdn = await onCdn({ kind: 'hang-body', afterBytes: 1000 })
    expect(await read(cdn.address, 500)).toMatchObject({ failed: true, received: bytes.subarray(0, 1000) })
  })

  test('endless: more than the file has, without a length', async () => {
    await using cdn = await onCdn({ kind: 'endless' })
    const response = await fetch(cdn.address)
    expect(response.headers.get('content-length')).toBeNull()
    let received = 0
    for await (const part of response.body ?? []) if ((received += (part as Uint8Array).length) > 3 * SIZE) break
    expect(received).toBeGreaterThan(3 * SIZE)
  })

  test('throttle: the body takes as long as its speed says', async () => {
    await using cdn = await onCdn({ kind: 'throttle', bytesPerSecond: 200_000 })
    const startedAt = performance.now()
    expect((await read(cdn.address)).received.equals(bytes)).toBe(true)
    // It cannot be faster; a busy machine may make it slower.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(480)
  })

  test('expired: 403 as XML though the address is fresh', async () => {
    await using cdn = await onCdn({ kind: 'expired' }, { count: 1 })
    const first = await ask(cdn.address)
    expect([first.status, first.headers['content-type'], first.headers['x-error-code']]).toEqual([
      403,
      'application/xml',
      undefined,
    ])
    expect((await ask(cdn.address)).status).toBe(200)
  })
})

/** A Hub whose list is at fault, and the list's address. */
async function list(fault: Fault): Promise<[HubEmulator, string]> {
  const hub = await startHubEmulator({ ...setup, faults: [{ when: { route: 'list-models' }, fault }] })
  return [hub, `${hub.endpoint}/api/models`]
}

describe('faults of an answer', () => {
  test('malformed-json: a whole answer that does not parse', async () => {
    const [hub, url] = await list({ kind: 'malformed-json' })
    await using _ = hub
    const reply = await ask(url)
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
    expect(() => JSON.parse(reply.body) as unknown).toThrow(SyntaxError)
  })

  test('html: a page with status 200', async () => {
    const [hub, url] = await list({ kind: 'html' })
    await using _ = hub
    const reply = await ask(url)
    expect([reply.status, reply.headers['content-type'], reply.body.slice(0, 9)]).toEqual([
      200,
      'text/html',
      '<!DOCTYPE',
    ])
  })

  test.each([4, 5, 1000, 1050, 1051, 3_000_000])('huge-json: a true array of %i bytes', async (size) => {
    const [hub, url] = await list({ kind: 'huge-json', bytes: size })
    await using _ = hub
    const reply = await ask(url)
    expect([reply.body.length, Array.isArray(JSON.parse(reply.body))]).toEqual([size, true])
  })

  test.each([500, 502, 503, 504])('status %i', async (status) => {
    const [hub, url] = await list({ kind: 'status', status })
    await using _ = hub
    expect((await ask(url)).status).toBe(status)
  })

  test('latency: no answer before its time', async () => {
    const [hub, url] = await list({ kind: 'latency', ms: 200, jitterMs: 50 })
    await using _ = hub
    const startedAt = performance.now()
    await ask(url)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195)
  })

  test('hang: no answer at all', async () => {
    const [hub, url] = await list({ kind: 'hang' })
    await using _ = hub
    await expect(fetch(url, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/)
    await expect
      .poll(() => hub.log.entries()[0])
      .toMatchObject({ status: undefined, isAborted: true, faults: ['hang'] })
  })

  test('reset: the connection breaks', async () => {
    const [hub, url] = await list({ kind: 'reset' })
    await using _ = hub
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test('refused: new connections are refused for a while, then accepted at the same port', async () => {
    const [hub, url] = await list({ kind: 'refused', forMs: 300 })
    await using _ = hub
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect(ask(`${hub.endpoint}/api/whoami-v2`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect
      .poll(() =>
        ask(`${hub.endpoint}/api/whoami-v2`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(401)
  })

  test('refuse and accept by hand', async () => {
    await using hub = await startHubEmulator(setup)
    await hub.admin.refuse({ host: 'hub' })
    await expect(ask(`${hub.endpoint}/api/models`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await hub.admin.accept({ host: 'hub' })
    expect((await ask(`${hub.endpoint}/api/models`)).status).toBe(200)
  })
})

const fault: Fault = { kind: 'status', status: 503 }

async function status(hub: HubEmulator, path: string): Promise<number> {
  return (await ask(hub.endpoint + path)).status
}

/** What 40 requests in a row get where each fails by even chances. */
async function roll(seed: number): Promise<number[]> {
  await using hub = await startHubEmulator({ ...setup, faults: [{ when: { probability: 0.5, seed }, fault }] })
  const seen: number[] = []
  for (let turn = 0; turn < 40; turn += 1) seen.push(await status(hub, '/api/models'))
  return seen
}

describe('matching', () => {
  test.each<[string, FaultMatch, number[]]>([
    ['a route', { route: 'tree' }, [200, 503, 302]],
    ['a pattern of routes', { route: /^(tree|resolve)$/ }, [200, 503, 503]],
    ['a pattern as text', { route: '/^res/' }, [200, 200, 503]],
    ['a model', { model: 'acme/other' }, [200, 200, 200].with(2, 302)],
    ['a file', { path: 'w.bin' }, [200, 200, 503]],
    ['a host', { host: 'cdn' }, [200, 200, 302]],
    ['a method', { method: 'HEAD' }, [200, 200, 302]],
  ])('by %s', async (_, when, expected) => {
    await using hub = await startHubEmulator({ ...setup, faults: [{ when, fault }] })
    const paths = [`/api/models/${model}`, `/api/models/${model}/tree/main`, `/${model}/resolve/main/w.bin`]
    expect([
      await status(hub, paths[0] ?? ''),
      await status(hub, paths[1] ?? ''),
      await status(hub, paths[2] ?? ''),
    ]).toEqual(expected)
  })

  test('from the n-th request on, so many times', async () => {
    await using hub = await startHubEmulator({ ...setup, faults: [{ when: { nth: 2, count: 2 }, fault }] })
    const seen: number[] = []
    for (let turn = 0; turn < 5; turn += 1) seen.push(await status(hub, '/api/models'))
    expect(seen).toEqual([200, 503, 503, 200, 200])
  })

  test('by chance, and by the same chance for the same seed', async () => {
    const first = await roll(7)
    expect(await roll(7)).toEqual(first)
    expect(await roll(8)).not.toEqual(first)
    const hits = first.filter((code) => code === 503).length
    expect(hits).toBeGreaterThan(8)
    expect(hits).toBeLessThan(32)
  })

  test('on the CDN by the file and the model the address leads to', async () => {
    await using hub = await startHubEmulator({
      ...setup,
      faults: [{ when: { host: 'cdn', model, path: 'v.bin' }, fault }],
    })
    const at = async (id: string, path: string): Promise<number> => {
      const { headers } = await ask(`${hub.endpoint}/${id}/resolve/main/${path}`)
      return (await ask(headers['location'] ?? '')).status
    }
    expect([await at(model, 'v.bin'), await at(model, 'w.bin'), await at('acme/other', 'w.bin')]).toEqual([
      503, 200, 200,
    ])
  })

  test('two faults on one request each do their part', async () => {
    const rules = [{ fault: { kind: 'ignore-range' } }, { fault: { kind: 'cut', afterBytes: 10 } }] as const
    await using cdn = await onCdn({ kind: 'latency', ms: 1 })
    cdn.hub.admin.setFaults({ rules })
    const response = await fetch(cdn.address, { headers: { range: 'bytes=50-99' } })
    expect(response.status).toBe(200)
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
    expect(cdn.hub.log.entries({ host: 'cdn' })).toMatchObject([{ faults: ['ignore-range', 'cut'], bytes: 10 }])
  })

  test.each([
    [{ fault: { kind: 'nonsense' } }],
    [{ fault: { kind: 'cut' } }],
    [{ when: { rout: 'tree' }, fault: { kind: 'hang' } }],
    [{ when: { probability: 2 }, fault: { kind: 'hang' } }],
  ])('a rule that makes no sense is refused: %o', async (rule) => {
    await using hub = await startHubEmulator(setup)
    expect(() => hub.admin.setFaults({ rules: [rule as never] })).toThrow(z.ZodError)
  })

  test.each(['none', 'light', 'heavy'] as const)('profile %s: a patient client gets every byte', async (profile) => {
    await using hub = await startHubEmulator({ ...setup, profile })
    const got = new Set<number>()
    for (let turn = 0; turn < 60 && got.size < 5; turn += 1) {
      const { received } = await patient(hub).catch(() => ({ received: Buffer.alloc(0) }))
      if (received.equals(bytes)) got.add(turn)
    }
    expect(got.size).toBe(5)
    if (profile !== 'none') expect(hub.log.entries().flatMap(({ faults }) => faults)).toContain('latency')
  })
})

async function patient(hub: HubEmulator): Promise<{ received: Buffer }> {
  const { headers } = await ask(`${hub.endpoint}/${model}/resolve/main/w.bin`)
  return read(headers['location'] ?? '', 1000)
}

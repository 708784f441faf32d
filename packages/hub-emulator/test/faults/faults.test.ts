import { describe, expect, test } from 'vitest'
import { type Fault, type HubEmulator, startHubEmulator } from '../../src/start.ts'
import { ask, askBytes } from '../ask.ts'
import { bytes, onCdn, read, SIZE, setup } from './faulty-hub.ts'

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

import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readContent } from '../../src/files/content.ts'
import { computedContent, gitBlobIdOf, startHubEmulator, storedContent } from '../../src/start.ts'
import { ask, askBytes, rowsOf } from '../ask.ts'

const config = '{"model_type": "llama"}'
const weights = computedContent(50_000, 'weights')
const sha256 = createHash('sha256')
  .update(readContent(weights, 0, 50_000))
  .digest('hex')
const files = {
  'config.json': config,
  'README.md': '# Hi',
  'onnx/README.md': 'inner',
  'empty.txt': '',
  'empty.bin': '',
  'a b#c%é.txt': 'odd name',
  'model.safetensors': { content: weights },
}
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    { id: 'acme/open', files, refs: { 'refs/pr/1': { 'config.json': '{"pr": 1}' } }, formerIds: ['acme/old', 'gpt2'] },
    { id: 'acme/gated', gated: 'auto', files },
    { id: 'acme/secret', private: true, files },
  ],
} as const

describe('row 1: first answers of /resolve/', () => {
  test('a small public file: 307 to a relative address, the linked etag and the commit, and no etag', async () => {
    await using hub = await startHubEmulator(setup)
    const first = await ask(`${hub.endpoint}/acme/open/resolve/main/config.json`)
    const oid = await gitBlobIdOf(storedContent(config))
    const commit = hub.admin.commits({ model: 'acme/open' })[0]
    expect(first.status).toBe(307)
    const query = `%2Facme%2Fopen%2Fresolve%2Fmain%2Fconfig.json=&etag=%22${oid}%22`
    expect(first.headers['location']).toBe(`/api/resolve-cache/models/acme/open/${commit}/config.json?${query}`)
    expect(first.headers).toMatchObject({
      'x-repo-commit': commit,
      'x-linked-etag': `"${oid}"`,
      'accept-ranges': 'bytes',
    })
    expect([first.headers['etag'], first.headers['x-linked-size']]).toEqual([undefined, undefined])
    expect(Number(first.headers['content-length'])).toBe(first.body.length)
    expect(first.body.length).not.toBe(config.length)
    const second = await ask(hub.endpoint + first.headers['location'])
    expect([second.status, second.body]).toEqual([200, config])
    expect(second.headers).toMatchObject({
      etag: `"${oid}"`,
      'x-repo-commit': commit,
      'content-length': String(config.length),
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `inline; filename*=UTF-8''config.json; filename="config.json";`,
    })
    // The Python client drops the query.
    expect((await ask((hub.endpoint + first.headers['location']).split('?')[0] ?? '')).body).toBe(config)
  })

  test.each([
    ['acme/gated', 'hf_test_olga_write'],
    ['acme/secret', 'hf_test_olga_write'],
    ['acme/gated', undefined],
  ] as const)('a small file of %s: 200 at once (token: %s)', async (model, token) => {
    await using hub = await startHubEmulator(setup)
    const path = token === undefined ? 'README.md' : 'config.json'
    const reply = await ask(`${hub.endpoint}/${model}/resolve/main/${path}`, token === undefined ? {} : { token })
    expect([reply.status, reply.body]).toEqual([200, files[path]])
    expect(reply.headers['etag']).toBe(`"${await gitBlobIdOf(storedContent(files[path]))}"`)
    expect(reply.headers['x-repo-commit']).toBe(hub.admin.commits({ model })[0])
  })

  test('a large file: 302 to another origin, and the CDN’s etag is not the SHA-256', async () => {
    await using hub = await startHubEmulator(setup)
    const first = await ask(`${hub.endpoint}/acme/open/resolve/main/model.safetensors`, { method: 'HEAD' })
    expect(first.status).toBe(302)
    expect(first.headers).toMatchObject({
      'x-linked-size': '50000',
      'x-linked-etag': `"${sha256}"`,
      'cache-control': 'no-store',
    })
    expect(new URL(first.headers['location'] ?? '').origin).toBe(hub.cdn)
    expect(new URL(hub.cdn).origin).not.toBe(new URL(hub.endpoint).origin)
    const second = await askBytes(first.headers['location'] ?? '')
    expect(createHash('sha256').update(second.bytes).digest('hex')).toBe(sha256)
    expect(second.headers['etag']).toMatch(/^"[0-9a-f]{64}"$/)
    expect(second.headers['etag']).not.toBe(`"${sha256}"`)
    const ofHub = ['x-repo-commit', 'x-linked-etag', 'x-linked-size', 'x-request-id', 'ratelimit', 'x-xet-hash']
    expect(ofHub.filter((name) => second.headers[name] !== undefined)).toEqual([])
  })
})

test('row 2: the CDN refuses a request that carries Authorization, and the log shows it', async () => {
  await using hub = await startHubEmulator(setup)
  const { headers } = await ask(`${hub.endpoint}/acme/open/resolve/main/model.safetensors`)
  const reply = await ask(headers['location'] ?? '', { token: 'hf_test_ada_read' })
  expect(reply.status).toBe(400)
  const [entry] = hub.log.entries({ host: 'cdn' })
  expect([entry?.status, entry?.headers.authorization]).toEqual([400, 'Bearer hf_test_ada_read'])
})

test('row 3: a signed address dies; then it is 403 without a header of the Hub, and a fresh one works', async () => {
  await using hub = await startHubEmulator({ ...setup, signatureSeconds: 60 })
  const fresh = async (): Promise<string> =>
    (await ask(`${hub.endpoint}/acme/open/resolve/main/model.safetensors`)).headers['location'] ?? ''
  const address = await fresh()
  expect((await ask(address)).status).toBe(200)
  hub.admin.setClock({ offsetMs: 61_000 })
  const late = await ask(address)
  expect([late.status, late.headers['content-type']]).toEqual([403, 'application/xml'])
  expect(Object.keys(late.headers).filter((name) => /^x-|ratelimit/.test(name))).toEqual([])
  expect((await ask(await fresh())).status).toBe(200)
  expect((await ask(address.replace(/Expires=\d+/, 'Expires=9999999999'))).status).toBe(403)
})

describe('row 4: ranges', () => {
  const whole = readContent(weights, 0, 50_000)
  test.each([
    ['bytes=0-99', 206, 'bytes 0-99/50000', 0, 100],
    ['bytes=49000-', 206, 'bytes 49000-49999/50000', 49_000, 50_000],
    ['bytes=-10', 206, 'bytes 49990-49999/50000', 49_990, 50_000],
    ['bytes=49990-99999', 206, 'bytes 49990-49999/50000', 49_990, 50_000],
    ['bytes=50000-', 416, 'bytes */50000', 0, 0],
    ['bytes=5-2', 200, undefined, 0, 50_000],
    ['bytes=0-1,5-9', 200, undefined, 0, 50_000],
  ] as const)('%s: %i %s', async (range, status, contentRange, start, end) => {
    await using hub = await startHubEmulator(setup)
    const { headers } = await ask(`${hub.endpoint}/acme/open/resolve/main/model.safetensors`)
    const reply = await askBytes(headers['location'] ?? '', { headers: { range } })
    expect([reply.status, reply.headers['content-range']]).toEqual([status, contentRange])
    expect(reply.bytes.equals(whole.subarray(start, end))).toBe(true)
  })

  test('are passed over on request', async () => {
    await using hub = await startHubEmulator({
      ...setup,
      faults: [{ when: { host: 'cdn' }, fault: { kind: 'ignore-range' } }],
    })
    const { headers } = await ask(`${hub.endpoint}/acme/open/resolve/main/model.safetensors`)
    const reply = await askBytes(headers['location'] ?? '', { headers: { range: 'bytes=10-19' } })
    expect([reply.status, reply.bytes.length, reply.headers['content-range']]).toEqual([200, 50_000, undefined])
  })

  test('of small files work on the Hub itself; of another version there are none', async () => {
    await using hub = await startHubEmulator(setup)
    const url = `${hub.endpoint}/acme/gated/resolve/main/README.md`
    expect((await ask(url, { headers: { range: 'bytes=2-3' } })).body).toBe('Hi')
    expect((await ask(url, { headers: { range: 'bytes=2-3', 'if-range': '"other"' } })).status).toBe(200)
  })
})

describe('row 7: README and LICENSE of a gated repo', () => {
  test.each([
    ['README.md', 200],
    ['LICENSE', 404],
    ['LICENSE.md', 404],
    ['LICENSE.txt', 404],
    ['readme.md', 401],
    ['onnx/README.md', 401],
    ['config.json', 401],
    ['.gitattributes', 401],
  ])('%s on /resolve/: %i; on /raw/ always the gate', async (path, status) => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(`${hub.endpoint}/acme/gated/resolve/main/${path}`)
    expect(reply.status).toBe(status)
    if (status === 404)
      expect([reply.headers['x-error-code'], reply.body]).toEqual(['EntryNotFound', 'Entry not found'])
    expect((await ask(`${hub.endpoint}/acme/gated/raw/main/${path}`)).status).toBe(401)
  })
})

test('row 12: a former name leads to the present one by a relative 307, with its query, everywhere', async () => {
  await using hub = await startHubEmulator(setup)
  for (const old of ['acme/old', 'gpt2', 'ACME/Open'])
    for (const path of [
      '/api/models/ID',
      '/api/models/ID/auth-check',
      '/api/models/ID/tree/main?recursive=true',
      '/ID/resolve/main/config.json',
    ]) {
      const reply = await ask(hub.endpoint + path.replace('ID', old))
      const present = path.replace('ID', 'acme/open')
      expect([reply.status, reply.headers['location']]).toEqual([307, present])
      expect(reply.body).toBe(`Temporary Redirect. Redirecting to ${present}`)
    }
})

test('row 16: text comes gzip encoded to who does not forbid it: no length, no ranges, a weak etag', async () => {
  await using hub = await startHubEmulator(setup)
  const url = `${hub.endpoint}/acme/gated/resolve/main/README.md`
  const reply = await askBytes(url, { headers: { 'accept-encoding': 'gzip, br' } })
  expect(reply.headers).toMatchObject({
    'content-encoding': 'gzip',
    etag: expect.stringMatching(/^W\/"[0-9a-f]{40}"$/),
  })
  expect([reply.headers['content-length'], reply.headers['accept-ranges']]).toEqual([undefined, undefined])
  expect(gunzipSync(reply.bytes).toString()).toBe('# Hi')
  const plain = await ask(url, { headers: { 'accept-encoding': 'identity' } })
  expect([plain.headers['content-encoding'], plain.headers['content-length']]).toEqual([undefined, '4'])
  const part = await ask(url, { headers: { 'accept-encoding': 'gzip', range: 'bytes=0-0' } })
  expect([part.status, part.headers['content-encoding'], part.body]).toEqual([206, undefined, '#'])
})

describe('row 17: odd files and revisions', () => {
  test('an empty file, a blank, #, % and letters beyond ASCII in a name', async () => {
    await using hub = await startHubEmulator(setup)
    const read = async (path: string): Promise<string> =>
      await (await fetch(`${hub.endpoint}/acme/open/resolve/main/${path}`)).text()
    expect(await read('empty.txt')).toBe('')
    expect(await read(encodeURIComponent('a b#c%é.txt'))).toBe('odd name')
    const large = await ask(`${hub.endpoint}/acme/open/resolve/main/empty.bin`)
    expect([large.status, large.headers['x-linked-size']]).toEqual([302, '0'])
    const bytes = await ask(large.headers['location'] ?? '')
    expect([bytes.status, bytes.headers['content-length'], bytes.body]).toEqual([200, '0', ''])
    expect((await ask(large.headers['location'] ?? '', { headers: { range: 'bytes=0-0' } })).status).toBe(416)
  })

  test('refs%2Fpr%2F1, a commit, and one that is not there', async () => {
    await using hub = await startHubEmulator(setup)
    const pr = await fetch(`${hub.endpoint}/acme/open/resolve/refs%2Fpr%2F1/config.json`)
    expect(await pr.text()).toBe('{"pr": 1}')
    const commit = hub.admin.commits({ model: 'acme/open' })[0]
    expect((await ask(`${hub.endpoint}/acme/open/resolve/${commit}/config.json`)).status).toBe(307)
    const none = await ask(`${hub.endpoint}/acme/open/resolve/none/config.json`)
    expect([none.status, none.headers['x-error-code'], none.body]).toEqual([
      404,
      'RevisionNotFound',
      'Invalid rev id: none',
    ])
    const noFile = await ask(`${hub.endpoint}/acme/open/resolve/main/none.json`)
    expect([noFile.status, noFile.headers['x-error-code'], noFile.body]).toEqual([
      404,
      'EntryNotFound',
      'Entry not found',
    ])
    expect(noFile.headers['x-repo-commit']).toBe(commit)
  })
})

describe('files besides', () => {
  test('If-None-Match is heard by /resolve/ and not by /raw/', async () => {
    await using hub = await startHubEmulator(setup)
    for (const path of ['README.md', 'model.safetensors']) {
      const first = await ask(`${hub.endpoint}/acme/open/resolve/main/${path}`)
      const headers = { 'if-none-match': first.headers['x-linked-etag'] ?? '' }
      expect((await ask(`${hub.endpoint}/acme/open/resolve/main/${path}`, { headers })).status).toBe(304)
      expect((await ask(`${hub.endpoint}/acme/open/raw/main/${path}`, { headers })).status).toBe(200)
    }
  })

  test('/raw/ gives the pointer of a large file', async () => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(`${hub.endpoint}/acme/open/raw/main/model.safetensors`)
    expect(reply.body).toBe(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 50000\n`)
  })

  test('a file of 64 GiB is there without being stored, from its first byte to its last', async () => {
    const size = 64 * 1024 ** 3
    const large = { size, announcedSha256: 'a'.repeat(64) }
    await using hub = await startHubEmulator({
      ...setup,
      models: [{ id: 'acme/large', files: { 'model.bin': large } }],
    })
    const first = await ask(`${hub.endpoint}/acme/large/resolve/main/model.bin`)
    expect(first.headers['x-linked-size']).toBe(String(size))
    const last = await askBytes(first.headers['location'] ?? '', { headers: { range: 'bytes=-5' } })
    expect(last.bytes.equals(readContent(computedContent(size, 'model.bin'), size - 5, size))).toBe(true)
  })

  test('a repo of 100,000 files is walked and read like a small one', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `d${index % 100}/f${index}.txt`)
    const laid = Object.fromEntries(names.map((name) => [name, name]))
    await using hub = await startHubEmulator({ ...setup, models: [{ id: 'acme/wide', gated: 'auto', files: laid }] })
    const token = 'hf_test_olga_write'
    let [pages, entries] = [0, 0]
    for (
      let url: string | undefined = `${hub.endpoint}/api/models/acme/wide/tree/main?recursive=true`;
      url;
      pages += 1
    ) {
      const reply = await ask(url)
      entries += rowsOf(reply).length
      url = /<([^>]+)>/.exec(reply.headers['link'] ?? '')?.[1]
    }
    expect([pages, entries]).toEqual([101, 100_100])
    const last = names.at(-1) ?? ''
    expect((await ask(`${hub.endpoint}/acme/wide/resolve/main/${last}`, { token })).body).toBe(last)
  })

  test('the clock of the Hub shows in its dates', async () => {
    await using hub = await startHubEmulator(setup)
    hub.admin.setClock({ offsetMs: -86_400_000 })
    const { headers } = await ask(`${hub.endpoint}/api/models`)
    expect(Date.now() - Date.parse(headers['date'] ?? '')).toBeGreaterThanOrEqual(86_400_000)
  })
})

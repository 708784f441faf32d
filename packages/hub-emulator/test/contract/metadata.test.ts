import { describe, expect, test } from 'vitest'
import { startHubEmulator } from '../../src/start.ts'
import { ask, objectOf, postJson, rowsOf } from '../ask.ts'

const files = {
  'README.md': '# Hi',
  'config.json': '{}',
  'model.safetensors': { size: 5000 },
  'onnx/model.onnx': { size: 4000 },
  'onnx/deep/info.txt': 'deep',
}
const many = Object.fromEntries(
  Array.from({ length: 2500 }, (_, index) => [`part-${String(index).padStart(4, '0')}.txt`, 'x']),
)
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    {
      id: 'acme/open',
      files,
      params: 8e9,
      downloads: 30,
      tags: ['en'],
      refs: { 'refs/tags/v1': { a: '1' }, 'refs/pr/1': { a: '2' } },
    },
    { id: 'acme/gated', gated: 'manual', files, downloads: 20 },
    { id: 'acme/many', files: many, downloads: 10 },
  ],
} as const
const mask = '*'.repeat(64)

describe('row 8: the gate comes before revision and file', () => {
  test.each(['resolve/none/config.json', 'resolve/main/none.json', 'raw/none/none'])('%s', async (path) => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(`${hub.endpoint}/acme/gated/${path}`, { token: 'hf_test_ada_read' })
    expect([reply.status, reply.headers['x-error-code']]).toEqual([403, 'GatedRepo'])
    const inside = await ask(`${hub.endpoint}/acme/gated/${path}`, { token: 'hf_test_max_read' })
    expect(inside.status).toBe(404)
  })

  test('which metadata does not know: details, tree, refs and commits are open to anyone', async () => {
    await using hub = await startHubEmulator(setup)
    for (const path of ['', '/revision/main', '/tree/main', '/refs', '/commits/main', '/treesize/main', '/discussions'])
      expect((await ask(`${hub.endpoint}/api/models/acme/gated${path}`)).status).toBe(200)
  })
})

test('row 9: hashes of a gated tree are 64 asterisks to those outside, and plain to those inside', async () => {
  await using hub = await startHubEmulator({ ...setup, xetHashes: true })
  const lfsOf = async (path: string, token: string): Promise<unknown[]> => {
    const rows = rowsOf(await ask(`${hub.endpoint}/api/models/acme/gated${path}`, { token }))
    return rows.filter(({ lfs }) => lfs).flatMap(({ lfs, xetHash }) => [(lfs as { oid: string }).oid, xetHash])
  }
  const tree = '/tree/main?recursive=true'
  expect(await lfsOf(tree, 'hf_test_ada_read')).toEqual([mask, mask, mask, mask])
  const plain = await lfsOf(tree, 'hf_test_max_read')
  expect(plain).toHaveLength(4)
  for (const hash of plain) expect(hash).toMatch(/^[0-9a-f]{64}$/)
  hub.admin.approve({ model: 'acme/gated', user: 'ada' })
  expect(await lfsOf(tree, 'hf_test_ada_read')).toEqual(plain)
})

describe('row 10: pages', () => {
  test('of the list are linked by absolute addresses of this origin that carry all that was asked', async () => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(`${hub.endpoint}/api/models?limit=1&sort=downloads&expand[]=gated&filter=transformers`)
    const next = new URL(/^<([^>]+)>; rel="next"$/.exec(reply.headers['link'] ?? '')?.[1] ?? '')
    expect(next.origin).toBe(hub.endpoint)
    expect([...next.searchParams.keys()].toSorted()).toEqual(['cursor', 'expand[]', 'filter', 'limit', 'sort'])
    const cursor = JSON.parse(Buffer.from(next.searchParams.get('cursor') ?? '', 'base64').toString()) as object
    const key = rowsOf(reply)[0]?.['_id']
    expect(cursor).toEqual({
      $or: [{ downloads: 30, _id: { $gt: key } }, { downloads: { $lt: 30 } }, { downloads: null }],
    })
    expect(reply.headers['x-total-count']).toBeUndefined()
  })

  test('of a tree hold 1000 entries, 50 where expanded', async () => {
    await using hub = await startHubEmulator(setup)
    const paths: unknown[] = []
    const sizes: number[] = []
    for (let url: string | undefined = `${hub.endpoint}/api/models/acme/many/tree/main`; url !== undefined; ) {
      const reply = await ask(url)
      sizes.push(rowsOf(reply).length)
      paths.push(...rowsOf(reply).map(({ path }) => path))
      url = /<([^>]+)>/.exec(reply.headers['link'] ?? '')?.[1]
    }
    expect(sizes).toEqual([1000, 1000, 500])
    expect(paths).toEqual(Object.keys(many))
    const expanded = await ask(`${hub.endpoint}/api/models/acme/many/tree/main?expand=true`)
    expect(rowsOf(expanded)).toHaveLength(50)
    expect(rowsOf(expanded)[0]).toMatchObject({
      lastCommit: { title: 'Upload model' },
      securityFileStatus: { status: 'safe' },
    })
  })
})

describe('row 11: fields of a row', () => {
  test('without expand: the defaults, and no gate', async () => {
    await using hub = await startHubEmulator(setup)
    const [row = {}] = rowsOf(await ask(`${hub.endpoint}/api/models?limit=1&sort=downloads`))
    const names = [
      '_id',
      'id',
      'likes',
      'trendingScore',
      'private',
      'downloads',
      'tags',
      'pipeline_tag',
      'library_name',
      'createdAt',
      'modelId',
    ]
    expect(Object.keys(row)).toEqual(names)
  })

  test('with full: gate, commit, siblings, and still no safetensors', async () => {
    await using hub = await startHubEmulator(setup)
    const [row = {}] = rowsOf(await ask(`${hub.endpoint}/api/models?limit=1&sort=downloads&full=true`))
    expect(row).toMatchObject({
      gated: false,
      author: 'acme',
      disabled: false,
      sha: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
    expect(row['siblings']).toHaveLength(5)
    expect(row['safetensors']).toBeUndefined()
  })

  test.each(['expand', 'expand[]', 'expand%5B%5D'])('with %s: what was named and nothing else', async (name) => {
    await using hub = await startHubEmulator(setup)
    const rows = rowsOf(await ask(`${hub.endpoint}/api/models?sort=downloads&${name}=gated&${name}=safetensors`))
    expect(rows[0]).toEqual({
      _id: rows[0]?.['_id'],
      id: 'acme/open',
      gated: false,
      safetensors: { parameters: { BF16: 8e9 }, total: 8e9 },
    })
    expect(rows[1]).toEqual({ _id: rows[1]?.['_id'], id: 'acme/gated', gated: 'manual' })
  })

  test.each([
    '/api/models?expand[]=nonsense',
    '/api/models/acme/open?expand=nonsense',
    '/api/models?sort=nonsense',
    '/api/models?limit=0',
    '/api/models?cursor=nonsense',
    '/api/models?num_parameters=lots',
  ])('%s: 400 in the words of the Hub’s schemas', async (path) => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(hub.endpoint + path)
    expect(reply.status).toBe(400)
    expect(objectOf(reply)['error']).toMatch(/^✖ .+\n  → at \w+/)
    expect(reply.headers['x-error-message']).toMatch(/^\* .+ \* at \w+/)
  })

  test('inference providers: an object in details, an array in lists', async () => {
    const providers = { fast: { status: 'live', providerId: 'x', task: 'text-generation' } }
    await using hub = await startHubEmulator({
      ...setup,
      models: [{ id: 'acme/served', inferenceProviders: providers }],
    })
    const details = await ask(`${hub.endpoint}/api/models/acme/served?expand=inferenceProviderMapping`)
    expect(objectOf(details)['inferenceProviderMapping']).toEqual(providers)
    const [row] = rowsOf(await ask(`${hub.endpoint}/api/models?expand=inferenceProviderMapping&inference_provider=all`))
    expect(row?.['inferenceProviderMapping']).toEqual([{ provider: 'fast', ...providers.fast }])
  })
})

describe('row 19: paths-info', () => {
  const wanted = ['config.json', 'none.txt', 'onnx', 'model.safetensors']
  const form = wanted.map((path) => `paths=${path}`).join('&')
  test.each([
    ['JSON', 'application/json', JSON.stringify({ paths: wanted, expand: true })],
    ['a form', 'application/x-www-form-urlencoded', `${form}&expand=True`],
  ])('asked by %s leaves out what is not there', async (_, type, body) => {
    await using hub = await startHubEmulator(setup)
    const reply = await ask(`${hub.endpoint}/api/models/acme/open/paths-info/main`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    expect(rowsOf(reply).map(({ path }) => path)).toEqual(['onnx', 'config.json', 'model.safetensors'])
    expect(rowsOf(reply)[1]).toMatchObject({ type: 'file', size: 2, lastCommit: { title: 'Upload model' } })
  })

  test('takes one path from a form, and refuses JSON that is none', async () => {
    await using hub = await startHubEmulator(setup)
    const url = `${hub.endpoint}/api/models/acme/open/paths-info/main`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(rowsOf(await ask(url, { method: 'POST', headers, body: 'paths=README.md' }))).toHaveLength(1)
    const broken = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"paths":' }
    expect((await ask(url, broken)).status).toBe(400)
  })
})

describe('details, tree, refs, commits', () => {
  test('blobs=true tells sizes, git names and SHA-256; the tree tells the same under other names', async () => {
    await using hub = await startHubEmulator(setup)
    const details = objectOf(await ask(`${hub.endpoint}/api/models/acme/open?blobs=true`))
    const tree = rowsOf(await ask(`${hub.endpoint}/api/models/acme/open/tree/main?recursive=true`))
    const [sibling] = (details['siblings'] as Record<string, unknown>[]).filter(
      ({ rfilename }) => rfilename === 'model.safetensors',
    )
    const entry = tree.find(({ path }) => path === 'model.safetensors')
    const lfs = entry?.['lfs'] as { oid: string; size: number; pointerSize: number }
    expect(sibling).toEqual({
      rfilename: 'model.safetensors',
      size: 5000,
      blobId: entry?.['oid'],
      lfs: { sha256: lfs.oid, size: 5000, pointerSize: lfs.pointerSize },
    })
    expect(details['usedStorage']).toBeGreaterThan(9000)
  })

  test('a tree lists folders, at all depths if asked, and one folder by its path', async () => {
    await using hub = await startHubEmulator(setup)
    const names = async (path: string): Promise<unknown[]> =>
      rowsOf(await ask(`${hub.endpoint}/api/models/acme/open/tree/main${path}`)).map(
        ({ type, path: name }) => `${String(type)} ${String(name)}`,
      )
    expect(await names('')).toEqual(['directory onnx', 'file README.md', 'file config.json', 'file model.safetensors'])
    expect(await names('?recursive=true')).toHaveLength(7)
    expect(await names('/onnx')).toEqual(['directory onnx/deep', 'file onnx/model.onnx'])
    expect(await names('/onnx%2Fdeep')).toEqual(['file onnx/deep/info.txt'])
    const none = await ask(`${hub.endpoint}/api/models/acme/open/tree/main/none`)
    expect([none.status, none.headers['x-error-code'], objectOf(none)['error']]).toEqual([
      404,
      'EntryNotFound',
      'none does not exist on "main"',
    ])
  })

  test('refs name branches and tags, and pull requests if asked', async () => {
    await using hub = await startHubEmulator(setup)
    const plain = objectOf(await ask(`${hub.endpoint}/api/models/acme/open/refs`))
    expect(plain).toMatchObject({
      branches: [{ name: 'main', ref: 'refs/heads/main' }],
      converts: [],
      tags: [{ name: 'v1' }],
    })
    expect(plain['pullRequests']).toBeUndefined()
    const all = objectOf(await ask(`${hub.endpoint}/api/models/acme/open/refs?include_prs=1`))
    expect(all['pullRequests']).toMatchObject([{ ref: 'refs/pr/1' }])
  })

  test('commits come newest first with their number, and a moved branch changes the commit of the same address', async () => {
    await using hub = await startHubEmulator(setup)
    const { commit } = hub.admin.commit({
      model: 'acme/open',
      files: { 'new.txt': 'new', 'README.md': null },
      title: 'Second',
    })
    const reply = await ask(`${hub.endpoint}/api/models/acme/open/commits/main?limit=1`)
    expect(rowsOf(reply)).toMatchObject([{ id: commit, title: 'Second' }])
    expect(reply.headers['x-total-count']).toBe('2')
    const older = rowsOf(await ask(/<([^>]+)>/.exec(reply.headers['link'] ?? '')?.[1] ?? ''))
    expect(older).toMatchObject([{ title: 'Upload model' }])
    expect(objectOf(await ask(`${hub.endpoint}/api/models/acme/open`))['sha']).toBe(commit)
    const tree = rowsOf(await ask(`${hub.endpoint}/api/models/acme/open/tree/main?expand=true`))
    expect(tree.map(({ path, lastCommit }) => `${String(path)} ${(lastCommit as { title: string }).title}`)).toEqual([
      'onnx Upload model',
      'config.json Upload model',
      'model.safetensors Upload model',
      'new.txt Second',
    ])
    hub.admin.moveRef({ model: 'acme/open', ref: 'refs/heads/main', to: String(older[0]?.['id']) })
    expect(objectOf(await ask(`${hub.endpoint}/api/models/acme/open`))['sha']).toBe(older[0]?.['id'])
  })

  test('JSON is not sent again to who has it', async () => {
    await using hub = await startHubEmulator(setup)
    const first = await ask(`${hub.endpoint}/api/models/acme/open`)
    const again = await ask(`${hub.endpoint}/api/models/acme/open`, {
      headers: { 'if-none-match': first.headers['etag'] ?? '' },
    })
    expect([again.status, again.body]).toEqual([304, ''])
    hub.admin.setFigures({ model: 'acme/open', likes: 7 })
    const changed = await ask(`${hub.endpoint}/api/models/acme/open`, {
      headers: { 'if-none-match': first.headers['etag'] ?? '' },
    })
    expect(changed.status).toBe(200)
  })

  test('tags by type, treesize, quick search', async () => {
    await using hub = await startHubEmulator(setup)
    const tags = objectOf(await ask(`${hub.endpoint}/api/models-tags-by-type?type=region`))
    expect(tags).toEqual({ region: [{ type: 'region', label: 'us', id: 'region:us' }] })
    expect(objectOf(await ask(`${hub.endpoint}/api/models/acme/open/treesize/main/onnx`))).toEqual({
      path: '/onnx',
      size: 4004,
    })
    const found = objectOf(await ask(`${hub.endpoint}/api/quicksearch?q=GATED&type=model`))
    expect(found['models']).toMatchObject([{ id: 'acme/gated' }])
    expect((await ask(`${hub.endpoint}/api/quicksearch?q=x`)).headers['ratelimit-policy']).toContain('"search";q=50')
  })

  test('what is no address is 404: JSON on /api, a page elsewhere', async () => {
    await using hub = await startHubEmulator(setup)
    expect((await ask(`${hub.endpoint}/api/nothing/here`)).headers['content-type']).toContain('json')
    expect((await ask(`${hub.endpoint}/acme/open/ask-access`)).headers['content-type']).toContain('html')
    expect((await ask(`${hub.endpoint}/acme/open/resolve/main/%E0%A4%A`)).status).toBe(404)
    expect((await postJson(`${hub.endpoint}/api/models`, {})).status).toBe(404)
  })

  test('a model may be named like a part of an address, and an old one may have one part', async () => {
    const named = ['acme/tree', 'acme/resolve', 'gpt2'].map((id) => ({ id, files: { 'a.txt': id, 'b/c.txt': id } }))
    await using hub = await startHubEmulator({ ...setup, models: named })
    for (const { id } of named) {
      expect(rowsOf(await ask(`${hub.endpoint}/api/models/${id}/commits/main`))).toHaveLength(1)
      expect(rowsOf(await ask(`${hub.endpoint}/api/models/${id}/tree/main/b`))).toHaveLength(1)
      expect(objectOf(await ask(`${hub.endpoint}/api/models/${id}`))['id']).toBe(id)
      expect(await (await fetch(`${hub.endpoint}/${id}/resolve/main/b/c.txt`)).text()).toBe(id)
    }
    expect(objectOf(await ask(`${hub.endpoint}/api/models/gpt2/refs`))['branches']).toHaveLength(1)
  })
})

import { describe, expect, test } from 'vitest'
import { startHubEmulator } from '../../src/start.ts'
import { ask, objectOf, rowsOf } from '../ask.ts'
import { many, setup } from './metadata-setup.ts'

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

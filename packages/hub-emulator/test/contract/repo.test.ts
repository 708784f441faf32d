import { describe, expect, test } from 'vitest'
import { startHubEmulator } from '../../src/start.ts'
import { ask, objectOf, postJson, rowsOf } from '../ask.ts'
import { setup } from './metadata-setup.ts'

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

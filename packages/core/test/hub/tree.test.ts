import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HubClient } from '../../src/hub/client.ts'
import { getRefs } from '../../src/hub/refs.ts'
import { listTree, parseTreeEntry, type TreeEntry } from '../../src/hub/tree.ts'
import { json, type LocalHub, startLocalHub } from './local-hub.ts'

const oid = '1'.repeat(40)
const sha256 = '4'.repeat(64)

async function allEntries(hub: LocalHub, revision?: string): Promise<TreeEntry[]> {
  await using client = new HubClient(hub.settings())
  const entries: TreeEntry[] = []
  for await (const page of listTree(client, 'a/b', revision === undefined ? {} : { revision }))
    entries.push(...page.entries)
  return entries
}

describe('listTree()', () => {
  test('walks all pages at one commit, and asks for a ref with slashes as one segment', async () => {
    await using hub = await startLocalHub((request, response) => {
      const cursor = new URL(request.url ?? '', 'http://x').searchParams.get('cursor')
      const path = cursor === null ? 'config.json' : 'onnx/model.onnx'
      const link = `<http://${request.headers.host}${new URL(request.url ?? '', 'http://x').pathname}?cursor=2>; rel="next"`
      json(response, [{ type: 'file', path, oid, size: 5 }], 200, cursor === null ? { link } : {})
    })
    expect((await allEntries(hub, 'refs/pr/1')).map(({ path }) => path)).toEqual(['config.json', 'onnx/model.onnx'])
    expect(hub.requests[0]?.url).toBe('/api/models/a/b/tree/refs%2Fpr%2F1?recursive=true')
  })

  test('never follows a next page to another place', async () => {
    await using hub = await startLocalHub((_, response) =>
      json(response, [{ type: 'file', path: 'a', oid, size: 1 }], 200, {
        link: '<http://127.0.0.1:1/api/models/a/b/tree/main?cursor=2>; rel="next"',
      }),
    )
    await expect(allEntries(hub)).rejects.toThrow(/next page/)
  })

  test('ends where the pages lead round in a circle', async () => {
    await using hub = await startLocalHub((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
      const next = searchParams.get('cursor') === '2' ? '3' : '2'
      const link = `<http://${request.headers.host}${pathname}?cursor=${next}>; rel="next"`
      json(response, [{ type: 'file', path: next, oid, size: 5 }], 200, { link })
    })
    await expect(allEntries(hub)).rejects.toMatchObject({
      code: 'ERR_HUB_ANSWER',
      message: expect.stringContaining('circle') as string,
    })
    expect(hub.requests).toHaveLength(3)
  })

  test('names the revision that does not exist', async () => {
    await using hub = await startLocalHub((_, response) =>
      json(response, { error: 'Invalid rev id: nope' }, 404, { 'x-error-code': 'RevisionNotFound' }),
    )
    await expect(allEntries(hub, 'nope')).rejects.toMatchObject({
      code: 'ERR_REVISION_NOT_FOUND',
      message: expect.stringContaining('"nope"') as string,
    })
  })
})

describe('parseTreeEntry()', () => {
  test.each([
    ['a small file', { type: 'file', path: 'a', oid, size: 5 }, { type: 'file', path: 'a', oid, sizeBytes: 5 }],
    [
      'a file kept outside git',
      { type: 'file', path: 'a', oid, size: 9, lfs: { oid: sha256, size: 9, pointerSize: 130 } },
      { type: 'file', path: 'a', oid, sizeBytes: 9, lfs: { sha256, sizeBytes: 9 } },
    ],
    [
      'a masked one: no hash',
      { type: 'file', path: 'a', oid, size: 9, lfs: { oid: '*'.repeat(64), size: 9, pointerSize: 130 } },
      { type: 'file', path: 'a', oid, sizeBytes: 9, lfs: { sizeBytes: 9 } },
    ],
    ['a folder', { type: 'directory', path: 'onnx', oid, size: 0 }, { type: 'directory', path: 'onnx', oid }],
    ['a size that is no whole number', { type: 'file', path: 'a', oid, size: 1.5 }, undefined],
    ['a negative size', { type: 'file', path: 'a', oid, size: -1 }, undefined],
    ['an oid that is none', { type: 'file', path: 'a', oid: '../../x', size: 1 }, undefined],
  ])('reads %s', (_, value, entry) => {
    expect(parseTreeEntry(value)).toEqual(entry)
  })

  test('takes any JSON without harm', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseTreeEntry(value)?.path).not.toBe('')
      }),
    )
  })
})

describe('getRefs()', () => {
  test('gives branches, tags and pull requests, and leaves out what leads nowhere', async () => {
    await using hub = await startLocalHub((_, response) =>
      json(response, {
        branches: [
          { name: 'main', ref: 'refs/heads/main', targetCommit: oid },
          { name: 'bad', targetCommit: 'zz' },
        ],
        converts: [],
        tags: [{ name: 'v1', ref: 'refs/tags/v1', targetCommit: oid }],
        pullRequests: [{ name: '1', ref: 'refs/pr/1', targetCommit: oid }],
      }),
    )
    await using client = new HubClient(hub.settings())
    expect(await getRefs(client, 'a/b', { includePullRequests: true })).toEqual({
      branches: [{ name: 'main', commitHash: oid }],
      tags: [{ name: 'v1', commitHash: oid }],
      pullRequests: [{ name: 'refs/pr/1', commitHash: oid }],
    })
    expect(hub.requests[0]?.url).toBe('/api/models/a/b/refs?include_prs=1')
  })
})

import { expect, test } from 'vitest'
import { HubClient } from '../../src/hub/client.ts'
import { filePath, normalizeEtag, resolveFile, storageOf } from '../../src/hub/resolve-file.ts'
import { COMMIT, startFileHub } from './file-hub.ts'
import { startLocalHub } from './local-hub.ts'

const coded = (code: string): Error => expect.objectContaining({ code }) as Error
const file = { modelId: 'org/name', path: 'model.bin' }
const SHA1 = 'a'.repeat(40)

test("resolveFile() reads the Hub's first answer of a large file, and does not go on to where its bytes are", async () => {
  await using server = await startFileHub(Buffer.alloc(1000))
  await using client = new HubClient(server.settings({ HF_TOKEN: 'hf_test' }))
  expect(await resolveFile(client, file)).toEqual({
    ...file,
    commitHash: COMMIT,
    etag: server.sha256,
    storage: 'lfs',
    sizeBytes: 1000,
    downloadUrl: new URL(`${server.cdn.url}/bytes?Expires=1790000000&n=1`),
    expiresAt: new Date(1_790_000_000_000),
  })
  expect(server.hub.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer hf_test',
    'accept-encoding': 'identity',
  })
  expect(server.cdn.requests).toEqual([])
})

test('resolveFile() follows relative redirects, a rename and the one of small files, with the token', async () => {
  await using hub = await startLocalHub((request, response) => {
    const path = new URL(request.url ?? '', 'http://hub').pathname
    const answer = { 'x-repo-commit': COMMIT, 'content-length': '519' }
    if (path.startsWith('/old/')) response.writeHead(307, { location: '/new/name/resolve/main/config.json' }).end()
    else if (path.startsWith('/new/'))
      response
        .writeHead(307, { ...answer, 'content-length': '9', location: '/api/resolve-cache/models/new/name/x?etag=1' })
        .end()
    else response.writeHead(200, { ...answer, etag: `W/"${SHA1}"` }).end()
  })
  await using client = new HubClient(hub.settings({ HF_TOKEN: 'hf_test' }))
  const resolved = await resolveFile(client, { modelId: 'old/name', path: 'config.json' })
  expect(resolved).toMatchObject({ etag: SHA1, storage: 'git', sizeBytes: 519, expiresAt: undefined })
  expect(resolved.downloadUrl.href).toBe(`${hub.url}/api/resolve-cache/models/new/name/x?etag=1`)
  expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer hf_test'))
})

const facts = { 'x-repo-commit': COMMIT, 'x-linked-etag': `"${SHA1}"`, 'content-length': '5' }
test.each([
  ['a gate, anonymous', 401, { 'x-error-code': 'GatedRepo' }, 'ERR_ACCESS_REFUSED'],
  ['a gate, signed in', 403, { 'x-error-code': 'GatedRepo' }, 'ERR_ACCESS_REFUSED'],
  [
    "a fine-grained token's refusal",
    403,
    { 'x-error-message': 'Please enable access to public gated' },
    'ERR_ACCESS_REFUSED',
  ],
  ['a missing model', 404, { 'x-error-code': 'RepoNotFound' }, 'ERR_MODEL_NOT_FOUND'],
  ['a missing revision', 404, { 'x-error-code': 'RevisionNotFound' }, 'ERR_REVISION_NOT_FOUND'],
  ['a missing file', 404, { 'x-error-code': 'EntryNotFound' }, 'ERR_FILE_NOT_FOUND'],
  ['a bad token', 401, { 'x-error-message': 'Invalid credentials in Authorization header' }, 'ERR_TOKEN_INVALID'],
  ['a model taken down', 403, { 'x-error-message': 'Access to this resource is disabled.' }, 'ERR_MODEL_DISABLED'],
  ['an answer that is not from a Hub', 200, { etag: `"${SHA1}"`, 'content-length': '5' }, 'ERR_HUB_ANSWER'],
  ['an etag that is no hash', 200, { ...facts, 'x-linked-etag': '"../../etc/passwd"' }, 'ERR_HUB_ANSWER'],
  ['no size', 302, { ...facts, location: 'http://127.0.0.1:1/x' }, 'ERR_HUB_ANSWER'],
  ['bytes in a local file', 302, { ...facts, 'x-linked-size': '5', location: 'file:///etc/passwd' }, 'ERR_HUB_ANSWER'],
  ['an address that is none', 303, { ...facts, 'x-linked-size': '5', location: 'http://[' }, 'ERR_HUB_ANSWER'],
  ['a redirect that hides another host', 302, { ...facts, location: '//127.0.0.1:1/x' }, 'ERR_HUB_ANSWER'],
])('resolveFile() tells %s from the others', async (_, status, headers, code) => {
  await using hub = await startLocalHub((_request, response) => void response.writeHead(status, headers).end())
  await using client = new HubClient(hub.settings())
  await expect(resolveFile(client, file)).rejects.toThrow(coded(code))
})

test('filePath() encodes all but the slashes between folders, and a revision as one part', () => {
  expect(filePath({ modelId: 'org/name', revision: 'refs/pr/1', path: 'a b/#%é?.bin' })).toBe(
    '/org/name/resolve/refs%2Fpr%2F1/a%20b/%23%25%C3%A9%3F.bin',
  )
})

test('normalizeEtag() and storageOf() leave nothing but a hash', () => {
  expect(normalizeEtag(`W/"${SHA1}"`)).toBe(SHA1)
  expect(normalizeEtag(SHA1)).toBe(SHA1)
  expect([SHA1, 'b'.repeat(64), '*'.repeat(64), 'A'.repeat(40), 'c'.repeat(41), undefined].map(storageOf)).toEqual([
    'git',
    'lfs',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

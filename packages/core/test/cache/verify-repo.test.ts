import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { blobPath, pointerPath, treePath } from '../../src/cache/layout.ts'
import { scanCache } from '../../src/cache/scan-cache.ts'
import { type VerifyReport, type VerifySubject, verifyRepo } from '../../src/cache/verify-repo.ts'
import { HashPool } from '../../src/hashing/hash-pool.ts'
import { etagFor, writeExample } from './example-cache.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const commitHash = 'a'.repeat(40)
const repoId = 'acme/tiny-8b'
const files = { 'config.json': '{}', 'onnx/model.safetensors': 'x'.repeat(5000) }

async function digest({ path: place, etag }: VerifySubject): Promise<string> {
  const content = await readFile(place)
  return etag.length === 64
    ? createHash('sha256').update(content).digest('hex')
    : createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}

async function verify(hubCache: string): Promise<VerifyReport> {
  return verifyRepo((await scanCache(hubCache)).repos[0]!, { digest })
}

test('verifyRepo() finds everything whole in a cache that is', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, { commitHash, files })
  const seen: [number, number][] = []
  const report = await verifyRepo((await scanCache(hub.path)).repos[0]!, {
    digest,
    onProgress: (done, total) => void seen.push([done, total]),
  })
  expect(report).toEqual({ verifiedFiles: 2, verifiedBytes: 5002, damaged: [], unread: [], unverifiable: [] })
  expect(seen.at(-1)).toEqual([5002, 5002])
})

test('verifyRepo() names wrong bytes of the right length, and the paths that lead to them', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, { commitHash, files })
  const etag = etagFor('onnx/model.safetensors', 'x'.repeat(5000))
  await writeFile(blobPath(cache.folder, etag), `y${'x'.repeat(4999)}`)
  const report = await verify(hub.path)
  expect(report).toMatchObject({ verifiedFiles: 1, verifiedBytes: 2 })
  expect(report.damaged).toEqual([
    {
      path: blobPath(cache.folder, etag),
      etag,
      sizeBytes: 5000,
      actual: etagFor('.safetensors', `y${'x'.repeat(4999)}`),
      usedBy: ['onnx/model.safetensors'],
    },
  ])
})

test('verifyRepo() tells what it cannot read, does not call it damaged, and goes on', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, { commitHash, files })
  const repo = (await scanCache(hub.path)).repos[0]!
  const report = await verifyRepo(repo, {
    digest: async (subject) => {
      if (subject.etag.length === 64) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
      return digest(subject)
    },
  })
  expect(report.damaged).toEqual([])
  expect(report.unread.map(({ reason }) => reason)).toEqual(['EACCES: permission denied'])
  expect(report.verifiedBytes).toBe(2)
  expect(report.verifiedFiles).toBe(1)
})

test.runIf(process.platform !== 'win32')(
  'verifyRepo() waits for no named pipe, and does not call it damaged',
  async () => {
    await using hub = await createTemporaryFolder()
    const { folder } = await writeExample({ hubCache: hub.path, repoId }, { commitHash, files })
    const pipe = blobPath(folder, 'b'.repeat(40))
    execFileSync('mkfifo', [pipe])
    await using pool = new HashPool()
    const signal = new AbortController().signal
    const report = await verifyRepo((await scanCache(hub.path)).repos[0]!, {
      digest: (subject) => pool.digest(subject.path, subject, signal),
    })
    expect(report).toMatchObject({ verifiedFiles: 2, damaged: [] })
    expect(report.unread).toEqual([{ path: pipe, reason: expect.stringContaining('it is no file') as string }])
  },
)

test('verifyRepo() calls nothing damaged because whoever was to hash it died', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, { commitHash, files })
  const died = Object.assign(new Error('Worker terminated'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })
  const report = await verifyRepo((await scanCache(hub.path)).repos[0]!, { digest: () => Promise.reject(died) })
  expect(report).toMatchObject({ verifiedFiles: 0, damaged: [] })
  expect(report.unread.map(({ reason }) => reason)).toEqual(['Worker terminated', 'Worker terminated'])
})

test('verifyRepo() knows what lies in the snapshot itself only where a listing tells', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId, canLink: false }, { commitHash, files })
  const model = pointerPath(cache.folder, commitHash, 'onnx/model.safetensors')
  expect((await verify(hub.path)).unverifiable.toSorted()).toEqual(
    [model, pointerPath(cache.folder, commitHash, 'config.json')].toSorted(),
  )
  await mkdir(path.dirname(treePath(cache.folder, commitHash)))
  const listing = {
    format_version: 1,
    files: {
      'config.json': { size: 2, blob_id: etagFor('config.json', '{}') },
      'onnx/model.safetensors': {
        size: 5000,
        blob_id: '9'.repeat(40),
        lfs_sha256: etagFor('onnx/model.safetensors', files['onnx/model.safetensors']),
        lfs_size: 5000,
      },
    },
  }
  await writeFile(treePath(cache.folder, commitHash), JSON.stringify(listing))
  expect(await verify(hub.path)).toMatchObject({ verifiedFiles: 2, unverifiable: [] })
  await writeFile(model, 'z'.repeat(5000))
  expect((await verify(hub.path)).damaged.map((file) => file.usedBy)).toEqual([['onnx/model.safetensors']])
})

const sized = (size: string): string =>
  `{"format_version":1,"files":{"config.json":{"size":${size},"blob_id":"${'9'.repeat(40)}"}}}`
test.each([
  '',
  '[]',
  '{"format_version":2,"files":{}}',
  '{"format_version":1,"files":{"config.json":{"size":2}}}',
  sized('1.5'),
  sized('9007199254740993'),
])('verifyRepo() trusts no listing such as %j', async (text) => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId, canLink: false }, { commitHash, files })
  await mkdir(path.dirname(treePath(cache.folder, commitHash)))
  await writeFile(treePath(cache.folder, commitHash), text)
  expect((await verify(hub.path)).unverifiable).toHaveLength(2)
})

test('verifyRepo() follows a blob into the store that huggingface_hub 2 shares', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, { commitHash, files: {} })
  await mkdir(path.join(hub.path, 'blobs'))
  await writeFile(path.join(hub.path, 'blobs', 'abc'), 'shared')
  const etag = etagFor('.safetensors', 'shared')
  await symlink('../../blobs/abc', blobPath(cache.folder, etag))
  expect(await verify(hub.path)).toMatchObject({ verifiedFiles: 1, damaged: [] })
})

test('verifyRepo() stops when told to', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, { commitHash, files })
  const repo = (await scanCache(hub.path)).repos[0]!
  await expect(verifyRepo(repo, { digest, signal: AbortSignal.abort() })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  )
})

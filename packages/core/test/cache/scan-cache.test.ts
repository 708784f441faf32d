import { mkdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { CachedRepo } from '../../src/cache/cached-repo.ts'
import {
  blobPath,
  blobsPath,
  journalPath,
  partialPath,
  pointerPath,
  refPath,
  snapshotPath,
} from '../../src/cache/layout.ts'
import { scanCache } from '../../src/cache/scan-cache.ts'
import { etagFor, writeExample } from './example-cache.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const old = 'a'.repeat(40)
const recent = 'b'.repeat(40)
const repoId = 'acme/tiny-8b'

async function scanOne(hubCache: string): Promise<CachedRepo> {
  const { repos } = await scanCache(hubCache)
  expect(repos).toHaveLength(1)
  return repos[0]!
}

test('scanCache() gives an empty answer for a cache that is not there', async () => {
  await using hub = await createTemporaryFolder()
  const scan = await scanCache(path.join(hub.path, 'none'))
  expect(scan).toMatchObject({ repos: [], strangers: [], sharedStoreBytes: 0 })
})

test('scanCache() tells revisions, refs and sizes, and counts shared content once', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample(
    { hubCache: hub.path, repoId },
    { commitHash: old, refs: ['v1'], files: { 'config.json': '{}', 'model.safetensors': 'x'.repeat(1000) } },
    {
      commitHash: recent,
      refs: ['main', 'refs/pr/1'],
      files: {
        'config.json': '{"a":1}',
        'a/b/model.safetensors': 'x'.repeat(1000),
        'copy.safetensors': 'x'.repeat(1000),
      },
    },
  )
  const repo = await scanOne(hub.path)
  expect(repo).toMatchObject({ type: 'model', id: repoId, sizeBytes: 1009, problems: [], leftovers: [] })
  expect(
    repo.revisions.map(({ commitHash, refs, sizeBytes, files }) => [commitHash, refs, sizeBytes, files.length]),
  ).toEqual([
    [old, ['v1'], 1002, 2],
    [recent, ['main', 'refs/pr/1'], 1007, 3],
  ])
  expect(repo.revisions[1]?.files.map((file) => file.path)).toContain('a/b/model.safetensors')
  expect(repo.blobs).toHaveLength(3)
})

test('scanCache() reads a cache in which no links can be made', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample(
    { hubCache: hub.path, repoId, canLink: false },
    { commitHash: old, refs: ['main'], files: { 'x.safetensors': '12345', 'd/y.json': '{}' } },
  )
  const repo = await scanOne(hub.path)
  expect(repo).toMatchObject({ sizeBytes: 7, blobs: [], problems: [] })
  expect(repo.revisions[0]).toMatchObject({ sizeBytes: 7 })
})

test('scanCache() tells when content was last used', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample(
    { hubCache: hub.path, repoId },
    { commitHash: old, files: { 'a.json': '1', 'b.json': '2' } },
  )
  await utimes(blobPath(cache.folder, etagFor('a.json', '1')), new Date('2026-01-01'), new Date('2025-01-01'))
  await utimes(blobPath(cache.folder, etagFor('b.json', '2')), new Date('2026-03-01'), new Date('2025-02-01'))
  const repo = await scanOne(hub.path)
  expect(repo.lastUsedAt).toEqual(new Date('2026-03-01'))
  expect(repo.lastModifiedAt).toEqual(new Date('2025-02-01'))
})

test('scanCache() finds the leftovers of every tool, with what they take on disk', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, { commitHash: old, files: { a: '1' } })
  const etag = 'e'.repeat(64)
  await writeFile(partialPath(cache.folder, etag), 'begun')
  await truncate(partialPath(cache.folder, etag), 1_000_000_000)
  await writeFile(journalPath(cache.folder, etag), '{}')
  await writeFile(path.join(blobsPath(cache.folder), `${etag}.0a1b2c3d.incomplete`), 'python')
  await symlink('../gone', path.join(blobsPath(cache.folder), 'scratch-ab.hubgate.incomplete'))
  const { leftovers, sizeBytes, problems } = await scanOne(hub.path)
  expect(leftovers.map(({ kind }) => kind).toSorted()).toEqual(['journal', 'other-tool', 'partial', 'scratch'])
  expect(leftovers.find(({ kind }) => kind === 'partial')?.sizeBytes).toBeLessThan(1_000_000)
  expect({ sizeBytes, problems }).toEqual({ sizeBytes: 1, problems: [] })
})

test('scanCache() names what makes others pass a repo over, and reads the rest of it', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample(
    { hubCache: hub.path, repoId },
    { commitHash: old, refs: ['main'], files: { 'a.json': '1', 'b.json': '2' } },
  )
  await rm(blobPath(cache.folder, etagFor('b.json', '2')))
  await symlink('circle.json', path.join(cache.folder, 'snapshots', old, 'circle.json'))
  await writeFile(refPath(cache.folder, 'gone'), recent)
  await writeFile(refPath(cache.folder, 'broken'), `${old}\n`)
  await writeFile(path.join(cache.folder, 'snapshots', 'stray'), '')
  await mkdir(path.join(hub.path, 'models--acme--empty'))
  await mkdir(path.join(hub.path, 'something'))
  const { repos, strangers } = await scanCache(hub.path)
  expect(
    repos.map(({ id, problems }) => [
      id,
      problems.map(({ kind, path: at }) => `${kind}: ${path.basename(at)}`).toSorted(),
    ]),
  ).toEqual([
    ['acme/empty', ['no snapshots folder: snapshots']],
    [
      repoId,
      [
        'dangling link: b.json',
        'dangling link: circle.json',
        'dead ref: broken',
        'dead ref: gone',
        'file among snapshots: stray',
      ],
    ],
  ])
  expect(repos[1]?.revisions[0]?.files.map((file) => file.path)).toEqual(['a.json'])
  expect(strangers).toEqual([path.join(hub.path, 'something')])
})

test('scanCache() passes over the store that huggingface_hub 2 shares, and counts what repos use of it as theirs', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, { commitHash: old, files: { a: '1' } })
  const store = path.join(hub.path, 'blobs')
  await mkdir(path.join(store, 'ab'), { recursive: true })
  await writeFile(path.join(store, '.huggingface-shared-blobs'), '1\n')
  await writeFile(path.join(store, 'ab', 'abc'), 'shared content')
  const etag = 'd'.repeat(64)
  await symlink('../../blobs/ab/abc', blobPath(cache.folder, etag))
  await symlink(`../../blobs/${etag}`, pointerPath(cache.folder, old, 'model.bin'))
  const scan = await scanCache(hub.path)
  expect(scan).toMatchObject({ strangers: [], sharedStoreBytes: 16 })
  expect(scan.repos[0]).toMatchObject({ sizeBytes: 15, problems: [] })
  expect(scan.repos[0]?.blobs.find(({ name }) => name === etag)).toMatchObject({ isShared: true, sizeBytes: 14 })
})

test('scanCache() reads a snapshot of 20,000 files', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, { commitHash: old, files: { a: '1' } })
  const target = `../../blobs/${etagFor('a', '1')}`
  for (let n = 0; n < 20_000; n += 500)
    await Promise.all(
      Array.from({ length: 500 }, (_, i) => symlink(target, path.join(snapshotPath(cache.folder, old), `f${n + i}`))),
    )
  const repo = await scanOne(hub.path)
  expect(repo.revisions[0]?.files).toHaveLength(20_001)
  expect(repo.sizeBytes).toBe(1)
})

test('scanCache() stops when told to', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, { commitHash: old, files: { a: '1' } })
  await expect(scanCache(hub.path, AbortSignal.abort())).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  )
})

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
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
import {
  planPrune,
  planRemoveContent,
  planRemoveRepo,
  planRemoveRevisions,
  type RemovalPlan,
} from '../../src/cache/plan-removal.ts'
import { linkBlob } from '../../src/cache/pointers.ts'
import { type RemovalLock, type RemovedReport, removeAll } from '../../src/cache/remove.ts'
import { scanCache } from '../../src/cache/scan-cache.ts'
import { etagFor, writeExample } from './example-cache.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const one = '1'.repeat(40)
const two = '2'.repeat(40)
const three = '3'.repeat(40)
const repoId = 'acme/tiny-8b'
const now = new Date()
const longAgo = new Date(now.getTime() - 86_400_000)
const twoRevisions = [
  { commitHash: one, refs: ['v1'], files: { 'config.json': '{}', 'old.safetensors': 'x'.repeat(500) } },
  { commitHash: two, refs: ['main'], files: { 'config.json': '{}', 'new.safetensors': 'y'.repeat(700) } },
]

async function scanOne(hubCache: string): Promise<CachedRepo> {
  return (await scanCache(hubCache)).repos[0]!
}

function remove({ removals }: RemovalPlan): Promise<RemovedReport> {
  return removeAll(removals, { lock: freeForAll, replan: async () => removals })
}

async function freeForAll(): Promise<RemovalLock> {
  return { isHeld: () => true, [Symbol.asyncDispose]: () => Promise.resolve() }
}

test('removing a revision takes its refs, its snapshot and the blobs that nothing else uses', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  const repo = await scanOne(hub.path)
  const report = await remove(planRemoveRevisions(repo, [repo.revisions[0]!]))
  expect(report).toMatchObject({ failed: [], inUse: [], freedBytes: 500 })
  const after = await scanOne(hub.path)
  expect(after.problems).toEqual([])
  expect([...after.refs]).toEqual([['main', two]])
  expect(await readFile(pointerPath(cache.folder, two, 'config.json'), 'utf8')).toBe('{}')
  expect((await readdir(blobsPath(cache.folder))).toSorted()).toEqual(
    [etagFor('config.json', '{}'), etagFor('new.safetensors', 'y'.repeat(700))].toSorted(),
  )
})

test('removing every revision, or the repo, removes its folder and nothing beside it', async () => {
  await using hub = await createTemporaryFolder()
  for (const id of [repoId, 'acme/other']) await writeExample({ hubCache: hub.path, repoId: id }, ...twoRevisions)
  const repo = (await scanCache(hub.path)).repos.find(({ id }) => id === repoId)!
  expect(planRemoveRevisions(repo, repo.revisions)).toEqual(planRemoveRepo(repo))
  const report = await remove(planRemoveRepo(repo))
  expect(report.freedBytes).toBe(1202)
  expect((await scanCache(hub.path)).repos.map(({ id }) => id)).toEqual(['acme/other'])
})

test('removing stops where another process has taken the repo over meanwhile', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  const repo = await scanOne(hub.path)
  const { removals } = planRemoveRevisions(repo, [repo.revisions[0]!])
  let isHeld = true
  const report = await removeAll(removals, {
    lock: async () => ({ isHeld: () => isHeld, [Symbol.asyncDispose]: () => Promise.resolve() }),
    replan: async () => removals,
    // As for a process that was suspended here, and whose lease ended.
    onRemoved: () => void (isHeld = false),
  })
  expect(report.removed).toEqual(removals.slice(0, 1))
  expect(report.inUse).toEqual(removals.slice(1))
  expect(existsSync(repo.revisions[0]!.folder)).toBe(true)
})

test('removing damaged content leaves what was replaced since it was read', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  const verified = await scanOne(hub.path)
  const blob = blobPath(cache.folder, etagFor('old.safetensors', 'x'.repeat(500)))
  expect(planRemoveContent(await scanOne(hub.path), [blob], verified).removals).toHaveLength(2)
  // As another tool does that fetched it again.
  await rm(blob)
  await writeFile(blob, 'x'.repeat(500))
  await utimes(blob, now, longAgo)
  expect(planRemoveContent(await scanOne(hub.path), [blob], verified).removals).toEqual([])
})

test('removing never follows a link out of the cache', async () => {
  await using hub = await createTemporaryFolder()
  await using outside = await createTemporaryFolder()
  await writeFile(path.join(outside.path, 'precious'), 'x')
  const cache = await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  await symlink(outside.path, path.join(snapshotPath(cache.folder, one), 'folder'))
  await symlink(path.join(outside.path, 'precious'), pointerPath(cache.folder, one, 'file'))
  await remove(planRemoveRepo(await scanOne(hub.path)))
  expect(await readdir(outside.path)).toEqual(['precious'])
  expect(existsSync(cache.folder)).toBe(false)
})

test('removeAll() removes nothing outside the repo, whatever the plan says', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  await writeFile(path.join(hub.path, 'precious'), 'x')
  const [removal] = planRemoveRepo(await scanOne(hub.path)).removals
  const removals = [{ ...removal!, path: path.join(removal!.repoFolder, '..', 'precious') }]
  const report = await remove({ removals, spared: [] })
  expect(report.failed).toHaveLength(1)
  expect(existsSync(path.join(hub.path, 'precious'))).toBe(true)
})

test('removeAll() leaves a repo alone that another process works on', async () => {
  await using hub = await createTemporaryFolder()
  await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  const plan = planRemoveRepo(await scanOne(hub.path))
  const report = await removeAll(plan.removals, {
    lock: () => Promise.resolve(undefined),
    replan: async () => plan.removals,
  })
  expect(report).toMatchObject({ removed: [], freedBytes: 0 })
  expect(report.inUse).toEqual(plan.removals)
  expect((await scanOne(hub.path)).revisions).toHaveLength(2)
})

test('removeAll() spares what another process has begun to use since it was planned', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  const orphan = blobPath(cache.folder, 'f'.repeat(64))
  const other = blobPath(cache.folder, 'e'.repeat(64))
  for (const blob of [orphan, other]) {
    await writeFile(blob, 'ten bytes.')
    await utimes(blob, longAgo, longAgo)
  }
  const agreed = planPrune([await scanOne(hub.path)], { now })
  expect(agreed.removals).toHaveLength(2)
  await linkBlob(cache, { etag: 'f'.repeat(64), commitHash: two, filePaths: ['late.bin'], isNew: false })
  const report = await removeAll(agreed.removals, {
    lock: freeForAll,
    replan: async () => planPrune([await scanOne(hub.path)], { now }).removals,
  })
  expect(report.removed.map((removal) => removal.path)).toEqual([other])
  expect(await readFile(pointerPath(cache.folder, two, 'late.bin'), 'utf8')).toBe('ten bytes.')
})

test('planPrune() takes leftovers, dangling links, dead refs and blobs nobody uses; a second look finds nothing', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  const etag = 'e'.repeat(64)
  const python = path.join(blobsPath(cache.folder), `${etag}.0a1b2c3d.incomplete`)
  const orphan = blobPath(cache.folder, 'f'.repeat(64))
  await writeFile(partialPath(cache.folder, etag), 'begun')
  await writeFile(journalPath(cache.folder, etag), '{}')
  await writeFile(path.join(blobsPath(cache.folder), 'scratch-1.hubgate.incomplete'), '')
  for (const file of [python, orphan]) {
    await writeFile(file, 'ten bytes.')
    await utimes(file, longAgo, longAgo)
  }
  await rm(blobPath(cache.folder, etagFor('old.safetensors', 'x'.repeat(500))))
  await writeFile(refPath(cache.folder, 'gone'), three)

  const plan = planPrune([await scanOne(hub.path)], { now })
  expect(plan.spared).toEqual([])
  expect(
    plan.removals.map(({ kind, path: at, tool }) => `${kind} ${path.basename(at)} ${tool ?? ''}`.trim()).toSorted(),
  ).toEqual(
    [
      `blob ${'f'.repeat(64)}`,
      'dangling link old.safetensors',
      'dead ref gone',
      `partial download ${etag}.0a1b2c3d.incomplete another tool`,
      `partial download ${etag}.hubgate.incomplete hubgate`,
      `partial download ${etag}.hubgate.journal.incomplete hubgate`,
      'scratch file scratch-1.hubgate.incomplete hubgate',
    ].toSorted(),
  )
  const report = await remove(plan)
  expect(report.failed).toEqual([])
  expect(report.freedBytes).toBe(27)
  const after = await scanOne(hub.path)
  expect(after).toMatchObject({ problems: [], leftovers: [] })
  expect(planPrune([after], { now })).toEqual({ removals: [], spared: [] })
  expect(await readFile(pointerPath(cache.folder, two, 'new.safetensors'), 'utf8')).toBe('y'.repeat(700))
})

test('planPrune() spares what another tool may be writing now, and says so', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, ...twoRevisions)
  const python = path.join(blobsPath(cache.folder), `${'e'.repeat(64)}.0a1b2c3d.incomplete`)
  const placed = blobPath(cache.folder, 'f'.repeat(64))
  for (const file of [python, placed]) await writeFile(file, 'ten bytes.')
  const plan = planPrune([await scanOne(hub.path)], { now: new Date() })
  expect(plan.removals).toEqual([])
  expect(new Map(plan.spared.map(({ path: at, reason }) => [at, reason]))).toEqual(
    new Map([
      [python, 'may be in use'],
      [placed, 'may be in use'],
    ]),
  )
})

test('planPrune() takes a snapshot no ref leads to only when told to, with the blobs only it used', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, { ...twoRevisions[0]!, refs: [] }, twoRevisions[1]!)
  await mkdir(path.join(cache.folder, '.no_exist', one), { recursive: true })
  const inAWeek = new Date(now.getTime() + 7 * 86_400_000)
  const repo = await scanOne(hub.path)
  expect(planPrune([repo], { now: inAWeek })).toMatchObject({
    removals: [],
    spared: [{ reason: 'no ref leads to it', sizeBytes: 502 }],
  })
  const report = await remove(planPrune([repo], { now: inAWeek, detached: true }))
  expect(report.freedBytes).toBe(500)
  const after = await scanOne(hub.path)
  expect(after.revisions.map(({ commitHash }) => commitHash)).toEqual([two])
  expect(after).toMatchObject({ problems: [], sizeBytes: 702 })
  expect(existsSync(path.join(cache.folder, '.no_exist', one))).toBe(false)
})

test('a link into a shared store counts for nothing freed', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await writeExample({ hubCache: hub.path, repoId }, { commitHash: one, files: { a: '1' } })
  await mkdir(path.join(hub.path, 'blobs'))
  await writeFile(path.join(hub.path, 'blobs', '.huggingface-shared-blobs'), '1\n')
  await writeFile(path.join(hub.path, 'blobs', 'abc'), 'shared content')
  await symlink('../../blobs/abc', blobPath(cache.folder, 'd'.repeat(64)))
  const report = await remove(planRemoveRepo(await scanOne(hub.path)))
  expect(report.freedBytes).toBe(1)
  expect(await readFile(path.join(hub.path, 'blobs', 'abc'), 'utf8')).toBe('shared content')
})

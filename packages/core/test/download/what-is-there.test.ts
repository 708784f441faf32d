import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { computedContent } from 'hub-emulator'
import { expect, test } from 'vitest'
import { journalPath, partialPath } from '../../src/cache/layout.ts'
import { localPartialPath, readLocalMetadata } from '../../src/cache/local-folder.ts'
import { repoLeaseName } from '../../src/cache/remove.ts'
import type { DownloadSnapshotOptions } from '../../src/download/download-options.ts'
import { downloadSnapshot } from '../../src/download/download-snapshot.ts'
import { holdLease } from '../../src/store/hold-lease.ts'
import { failingDisk } from '../cache/failing-disk.ts'
import { stageDownload } from './stage.ts'

const coded = (code: string): Error => expect.objectContaining({ code }) as Error
const MIB = 1024 * 1024
const files = {
  'config.json': '{"a":1}',
  'model.safetensors': { content: computedContent(2 * MIB, 'weights') },
  'copy/model.safetensors': { content: computedContent(2 * MIB, 'weights') },
  'pytorch_model.bin': { content: computedContent(MIB, 'other') },
}

test.each<[string, Partial<DownloadSnapshotOptions>]>([
  ['a tag', { revision: 'v1' }],
  ['a pull request', { revision: 'refs/pr/1' }],
  ['all files', { choice: { all: true } }],
  ['some files', { choice: { include: ['*.json'] } }],
  ['a folder of the user', { localFolder: '/mine' }],
])('downloadSnapshot() asks one question where everything is there, behind a gate too, for %s', async (_, given) => {
  const refs = { 'refs/tags/v1': files, 'refs/pr/1': files }
  await using stage = await stageDownload(files, { gated: 'manual', formerIds: ['acme/old'], refs })
  stage.hub.admin.approve({ model: 'acme/tiny', user: 'ada' })
  const { localFolder } = given
  const changes = { ...given, ...(localFolder === undefined ? {} : { localFolder: stage.home + localFolder }) }
  const first = await downloadSnapshot('acme/tiny', stage.options(changes))
  stage.hub.log.clear()
  expect(await downloadSnapshot('acme/tiny', stage.options(changes))).toMatchObject({
    path: first.path,
    fetchedBytes: 0,
    wasComplete: true,
  })
  const atCommit = stage.options({ ...changes, revision: first.commitHash })
  expect(await downloadSnapshot('acme/tiny', atCommit)).toMatchObject({ path: first.path, fetchedBytes: 0 })
  expect(stage.hub.log.entries().map(({ route }) => route)).toEqual(['model-details', 'model-details'])
})

type Row = [name: string, sizeBytes: number, etag: string]
const wrongListings: Record<string, (rows: readonly Row[]) => Row[]> = {
  'names the bytes of a small file wrongly': (rows) =>
    rows.map(([name, size, etag]) => [name, size, name === 'config.json' ? `ff${etag.slice(2)}` : etag]),
  'names the bytes of a large file wrongly': (rows) =>
    rows.map(([name, size, etag]) => [name, size, name === 'model.safetensors' ? 'f'.repeat(64) : etag]),
  'has a wrong size': (rows) => rows.map(([name, size, etag]) => [name, size + 1, etag]),
  'has a size that no disk has': (rows) => rows.map(([name, size, etag]) => [name, size * 1e9, etag]),
  'has a file that is not there': (rows) => [...rows, ['generation_config.json', 2, 'e'.repeat(40)]],
  'has a name that must not be written': (rows) => [...rows, ['../config.json', 2, 'e'.repeat(40)]],
  'lacks a file': (rows) => rows.filter(([name]) => name !== 'config.json'),
  'lacks all files': () => [],
}

test.each(Object.keys(wrongListings).flatMap((wrong) => [true, false].map((isOurs) => ({ wrong, isOurs }))))(
  'downloadSnapshot() asks the Hub once where a listing $wrong, ours: $isOurs',
  async ({ wrong, isOurs }) => {
    await using stage = await stageDownload(files)
    const { commitHash, path: snapshot } = await downloadSnapshot('acme/tiny', stage.options())
    const kept = path.join(stage.home, 'hubgate', 'listings', 'models--acme--tiny', `${commitHash}.json`)
    const { files: rows } = JSON.parse(await readFile(kept, 'utf8')) as { files: Row[] }
    const wrongRows = wrongListings[wrong]?.(rows) ?? []
    if (isOurs) await writeFile(kept, JSON.stringify({ format: 1, files: wrongRows }))
    else await leaveTree(stage.hubCache, commitHash, wrongRows)
    if (!isOurs) await rm(kept)
    await rm(path.join(snapshot, '../../blobs'), { recursive: true })
    await rm(snapshot, { recursive: true })
    stage.hub.log.clear()
    expect((await downloadSnapshot('acme/tiny', stage.options())).path).toBe(snapshot)
    expect(await readFile(path.join(snapshot, 'config.json'), 'utf8')).toBe('{"a":1}')
    expect(stage.hub.log.entries({ route: 'tree' })).toHaveLength(1)
    // What the Hub said took its place.
    stage.hub.log.clear()
    expect(await downloadSnapshot('acme/tiny', stage.options())).toMatchObject({ wasComplete: true })
    expect(stage.hub.log.entries()).toHaveLength(1)
  },
)

test('downloadSnapshot() keeps to its error where the Hub lists the same as what lay here', async () => {
  await using stage = await stageDownload(files)
  const { path: snapshot } = await downloadSnapshot('acme/tiny', stage.options())
  await rm(path.join(snapshot, '../../blobs'), { recursive: true })
  stage.hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: { kind: 'corrupt' } }] })
  stage.hub.log.clear()
  await expect(downloadSnapshot('acme/tiny', stage.options())).rejects.toThrow(coded('ERR_INTEGRITY'))
  expect(stage.hub.log.entries({ route: 'tree' })).toHaveLength(1)
})

/** As another tool may have left it. */
async function leaveTree(hubCache: string, commitHash: string, rows: readonly Row[]): Promise<void> {
  const entries = rows.map(([name, size, etag]) => [
    name,
    { size, blob_id: etag.slice(0, 40), ...(etag.length === 64 ? { lfs_sha256: etag, lfs_size: size } : {}) },
  ])
  const trees = path.join(hubCache, 'models--acme--tiny', 'trees')
  await mkdir(trees, { recursive: true })
  const listing = { format_version: 1, files: Object.fromEntries(entries) as unknown }
  await writeFile(path.join(trees, `${commitHash}.json`), JSON.stringify(listing))
}

test('downloadSnapshot() clears away what an interrupted run left of files that are whole now, unless another is at it', async () => {
  await using stage = await stageDownload(files)
  await downloadSnapshot('acme/tiny', stage.options())
  const repo = path.join(stage.hubCache, 'models--acme--tiny')
  const etag = (await readdir(path.join(repo, 'blobs'))).find((name) => name.length === 64) ?? ''
  const lay = async (name: string): Promise<string> => {
    for (const place of [partialPath(repo, name), journalPath(repo, name)]) await writeFile(place, 'half')
    return name
  }
  const unfinished = await lay('e'.repeat(64))
  await lay(etag)
  const left = async (): Promise<Set<string>> =>
    new Set((await readdir(path.join(repo, 'blobs'))).flatMap((name) => (/^(.+?)\.hubgate/.exec(name) ?? [])[1] ?? []))
  {
    await using _ = await holdLease(stage.store.leases, await repoLeaseName(repo))
    expect((await downloadSnapshot('acme/tiny', stage.options())).wasComplete).toBe(true)
    expect(await left()).toEqual(new Set([etag, unfinished]))
  }
  await downloadSnapshot('acme/tiny', stage.options())
  expect(await left()).toEqual(new Set([unfinished]))
})

test('downloadSnapshot() clears it away from a folder of the user, too', async () => {
  await using stage = await stageDownload(files)
  const localFolder = path.join(stage.home, 'mine')
  const got = await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
  const { etag = '' } = (await readLocalMetadata(localFolder, 'model.safetensors')) ?? {}
  const partial = localPartialPath(localFolder, 'model.safetensors', etag)
  await writeFile(partial, 'half')
  expect(await downloadSnapshot('acme/tiny', stage.options({ localFolder }))).toMatchObject({ path: got.path })
  await expect(stat(partial)).rejects.toThrow('ENOENT')
})

test('downloadSnapshot() takes a cache that can only be read for what it is', async () => {
  await using stage = await stageDownload(files)
  const { path: snapshot } = await downloadSnapshot('acme/tiny', stage.options())
  const disk = failingDisk(1, { code: 'EROFS', staysBroken: true })
  const again = await downloadSnapshot('acme/tiny', stage.options({ disk, revision: 'refs/heads/main' }))
  expect(again).toMatchObject({ path: snapshot, wasComplete: true })
  expect(disk.failed()).toBeDefined()
})

test('an empty repo is told from one whose details name no files, by its listing', async () => {
  await using empty = await stageDownload({})
  await expect(downloadSnapshot('acme/tiny', empty.options())).rejects.toMatchObject({ code: 'ERR_FILES_NOT_FOUND' })
  expect(empty.hub.log.entries().map(({ url }) => url)).toContainEqual(expect.stringContaining('/tree/'))
  expect(await empty.cacheFiles()).toEqual({})
})

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { beforeAll, describe, expect, test } from 'vitest'
import { readBlobSizes } from '../../packages/core/src/cache/blob-sizes.ts'
import { placeBlob } from '../../packages/core/src/cache/blobs.ts'
import { blobPath, partialPath } from '../../packages/core/src/cache/layout.ts'
import {
  localPartialPath,
  makeLocalFolders,
  openLocalFolder,
  placeLocalFile,
  readLocalMetadata,
  writeLocalMetadata,
} from '../../packages/core/src/cache/local-folder.ts'
import { linkBlob, makeSnapshotFolders } from '../../packages/core/src/cache/pointers.ts'
import { readRef, writeRef } from '../../packages/core/src/cache/refs.ts'
import { openRepoCache, type RepoCache } from '../../packages/core/src/cache/repo-cache.ts'
import { scanCache } from '../../packages/core/src/cache/scan-cache.ts'
import { readTreeListing } from '../../packages/core/src/cache/tree-listing.ts'
import { verifyRepo } from '../../packages/core/src/cache/verify-repo.ts'
import { createGlob } from '../../packages/core/src/download/plan-globs.ts'
import { planSnapshot, type RemoteFile, remoteFiles } from '../../packages/core/src/download/plan-snapshot.ts'
import { HashPool } from '../../packages/core/src/hashing/hash-pool.ts'
import { HubClient } from '../../packages/core/src/hub/client.ts'
import { listTree } from '../../packages/core/src/hub/tree.ts'
import { resolveSettings } from '../../packages/core/src/settings/settings.ts'
import { createTemporaryFolder } from '../../packages/core/test/cache/temporary-folder.ts'
import { type Python, preparePython } from './python.ts'

const modelId = 'acme/tiny'
const files = {
  'config.json': '{"model_type":"llama"}',
  'README.md': '# Tiny\n',
  '.gitattributes': '*.safetensors filter=lfs\n',
  'empty.txt': '',
  'a b/ü #%.txt': 'odd name',
  'model-00001-of-00002.safetensors': { size: 300_000, seed: 'one' },
  'model-00002-of-00002.safetensors': { size: 200_000, seed: 'two' },
  'onnx/deep/model.onnx': { size: 50_000, seed: 'onnx' },
  'copy/model.safetensors': { size: 300_000, seed: 'one' },
}

let python: Python
beforeAll(async () => {
  python = await preparePython()
})

function startHub(): Promise<HubEmulator> {
  return startHubEmulator({
    wellKnown: false,
    syntheticModels: 0,
    models: [{ id: modelId, files, refs: { 'refs/tags/v1': { 'config.json': '{"v":1}' }, 'refs/pr/1': files } }],
  })
}

interface Listing {
  readonly commitHash: string
  readonly files: readonly RemoteFile[]
}

async function listCommit(hub: HubEmulator, revision: string): Promise<Listing> {
  await using client = new HubClient(resolveSettings({ environment: { HF_ENDPOINT: hub.endpoint } }))
  const pages = await Array.fromAsync(listTree(client, modelId, { revision }))
  const details = await fetch(`${hub.endpoint}/api/models/${modelId}/revision/${encodeURIComponent(revision)}`)
  const { sha } = (await details.json()) as { sha: string }
  return { commitHash: sha, files: remoteFiles(pages.flatMap((page) => page.entries)) }
}

async function readRemote(hub: HubEmulator, commitHash: string, filePath: string): Promise<Uint8Array> {
  const place = filePath.split('/').map(encodeURIComponent).join('/')
  return (await fetch(`${hub.endpoint}/${modelId}/resolve/${commitHash}/${place}`)).bytes()
}

/** Fills a cache with our own functions, as a download does. */
async function fill(hub: HubEmulator, cache: RepoCache, revision: string): Promise<Listing> {
  const listing = await listCommit(hub, revision)
  const { commitHash } = listing
  await makeSnapshotFolders(
    cache,
    commitHash,
    listing.files.map((file) => file.path),
  )
  for (const [etag = '', group] of Map.groupBy(listing.files, (file) => file.etag)) {
    const filePaths = group.map((file) => file.path)
    await writeFile(partialPath(cache.folder, etag), await readRemote(hub, commitHash, filePaths[0] ?? ''))
    await placeBlob(cache, { etag, sizeBytes: group[0]?.sizeBytes ?? 0 })
    await linkBlob(cache, { etag, commitHash, filePaths, isNew: true })
  }
  await writeRef(cache, revision, commitHash)
  return listing
}

/** Names, link targets, bytes and modes below the folders that tools share. */
function picture(repoFolder: string): Record<string, string> {
  const seen: Record<string, string> = {}
  for (const shared of ['blobs', 'refs', 'snapshots'])
    for (const entry of readdirSync(path.join(repoFolder, shared), { recursive: true, withFileTypes: true })) {
      const place = path.join(entry.parentPath, entry.name)
      const name = path.relative(repoFolder, place)
      if (entry.isDirectory()) seen[name] = 'folder'
      else seen[name] = `${(statSync(place).mode & 0o777).toString(8)} ${readFileSync(place).toString('base64')}`
    }
  return seen
}

async function links(repoFolder: string): Promise<Record<string, string>> {
  const entries = await readdir(path.join(repoFolder, 'snapshots'), { recursive: true, withFileTypes: true })
  const found: Record<string, string> = {}
  for (const entry of entries.filter((each) => each.isSymbolicLink()))
    found[entry.name] = await readlink(path.join(entry.parentPath, entry.name))
  return found
}

const snapshotProgram = `
import json, sys
from huggingface_hub import snapshot_download
print(json.dumps(snapshot_download(**json.loads(sys.argv[1]))))
`
const scanProgram = `
import json, sys
from huggingface_hub import scan_cache_dir
info = scan_cache_dir(json.loads(sys.argv[1]))
print(json.dumps({
  'warnings': [str(w) for w in info.warnings],
  'repos': [{'id': r.repo_id, 'type': r.repo_type, 'size': r.size_on_disk, 'files': r.nb_files,
             'refs': sorted(ref for v in r.revisions for ref in v.refs),
             'revisions': sorted(v.commit_hash for v in r.revisions)} for r in info.repos],
  'incomplete': sorted(f.file_path.name for f in info.incomplete_files),
}))
`

describe('huggingface_hub', () => {
  test('accepts a cache of ours: scan, ls, verify, snapshot_download and hf_hub_download without a network', async () => {
    await using hub = await startHub()
    await using folder = await createTemporaryFolder()
    const cache = await openRepoCache({ hubCache: folder.path, repoId: modelId })
    const main = await fill(hub, cache, 'main')
    const tag = await fill(hub, cache, 'v1')
    await fill(hub, cache, 'refs/pr/1')

    expect(await python.evaluate(scanProgram, { input: folder.path })).toMatchObject({
      warnings: [],
      incomplete: [],
      repos: [
        {
          id: modelId,
          type: 'model',
          refs: ['main', 'refs/pr/1', 'v1'],
          revisions: expect.arrayContaining([main.commitHash, tag.commitHash]) as string[],
        },
      ],
    })
    const offline = { HF_HUB_OFFLINE: '1', HF_ENDPOINT: 'http://127.0.0.1:9' }
    const input = { repo_id: modelId, cache_dir: folder.path, local_files_only: true }
    expect(await python.evaluate(snapshotProgram, { input, environment: offline })).toBe(
      path.join(cache.folder, 'snapshots', main.commitHash),
    )
    const reading = `
import json, sys
from huggingface_hub import hf_hub_download
cache, names = json.loads(sys.argv[1])
print(json.dumps([open(hf_hub_download('${modelId}', n, cache_dir=cache, local_files_only=True), 'rb').read().hex() for n in names]))
`
    const names = Object.keys(files)
    const bytes = (await python.evaluate(reading, { input: [folder.path, names], environment: offline })) as string[]
    for (const [index, name] of names.entries())
      expect(bytes[index]).toBe(Buffer.from(await readRemote(hub, main.commitHash, name)).toString('hex'))

    const environment = { HF_ENDPOINT: hub.endpoint }
    const listed = await python.hf(['cache', 'ls', '--cache-dir', folder.path], { environment })
    expect(listed).toMatchObject({ code: 0, output: expect.stringContaining(`model/${modelId}`) as string })
    const verified = await python.hf(['cache', 'verify', modelId, '--cache-dir', folder.path], { environment })
    expect(verified).toMatchObject({ code: 0, output: expect.stringMatching(/9 file|verified|✓/i) as string })
  })

  test('makes what we make: blobs, refs and snapshots byte for byte, path for path, mode for mode', async () => {
    await using hub = await startHub()
    await using ours = await createTemporaryFolder()
    await using theirs = await createTemporaryFolder()
    const cache = await openRepoCache({ hubCache: ours.path, repoId: modelId })
    for (const revision of ['main', 'v1', 'refs/pr/1']) {
      await fill(hub, cache, revision)
      const input = { repo_id: modelId, cache_dir: theirs.path, revision }
      await python.evaluate(snapshotProgram, { input, environment: { HF_ENDPOINT: hub.endpoint } })
    }
    const other = path.join(theirs.path, path.basename(cache.folder))
    expect(picture(cache.folder)).toEqual(picture(other))
    expect(await links(cache.folder)).toEqual(await links(other))
    expect(await readFile(path.join(ours.path, 'CACHEDIR.TAG'), 'utf8')).toBe(
      await readFile(path.join(theirs.path, 'CACHEDIR.TAG'), 'utf8'),
    )
  })

  test('without links, too, we make the same snapshots', async () => {
    await using hub = await startHub()
    await using ours = await createTemporaryFolder()
    await using theirs = await createTemporaryFolder()
    const cache = await openRepoCache({ hubCache: ours.path, repoId: modelId, canLink: false })
    const { commitHash } = await fill(hub, cache, 'main')
    const environment = { HF_ENDPOINT: hub.endpoint, HF_HUB_DISABLE_SYMLINKS: '1' }
    await python.evaluate(snapshotProgram, { input: { repo_id: modelId, cache_dir: theirs.path }, environment })
    const other = path.join(theirs.path, path.basename(cache.folder))
    const snapshot = `snapshots/${commitHash}`
    const filesOf = (seen: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(seen).filter(([name]) => name.startsWith(snapshot)))
    expect(filesOf(picture(cache.folder))).toEqual(filesOf(picture(other)))
    expect((await lstat(path.join(cache.folder, snapshot, 'config.json'))).isSymbolicLink()).toBe(false)
    const scan = (await python.evaluate(scanProgram, { input: ours.path })) as { warnings: unknown[] }
    expect(scan.warnings).toEqual([])
    const reading = { repo_id: modelId, cache_dir: ours.path, local_files_only: true }
    expect(await python.evaluate(snapshotProgram, { input: reading, environment: { HF_HUB_OFFLINE: '1' } })).toBe(
      path.join(cache.folder, snapshot),
    )
  })

  test('leaves a cache that we read as it does, and in which nothing is left to fetch', async () => {
    await using hub = await startHub()
    await using folder = await createTemporaryFolder()
    const environment = { HF_ENDPOINT: hub.endpoint }
    for (const revision of ['main', 'v1'])
      await python.evaluate(snapshotProgram, {
        input: { repo_id: modelId, cache_dir: folder.path, revision },
        environment,
      })
    const { repos, strangers } = await scanCache(folder.path)
    const [repo] = repos
    const theirs = (await python.evaluate(scanProgram, { input: folder.path })) as {
      repos: { size: number; files: number; refs: string[]; revisions: string[] }[]
    }
    expect(strangers).toEqual([])
    expect(repo?.problems).toEqual([])
    expect({
      size: repo?.sizeBytes,
      files: repo?.blobs.length,
      refs: [...(repo?.refs.keys() ?? [])].toSorted(),
      revisions: repo?.revisions.map(({ commitHash }) => commitHash).toSorted(),
    }).toEqual({
      size: theirs.repos[0]?.size,
      files: theirs.repos[0]?.files,
      refs: theirs.repos[0]?.refs,
      revisions: theirs.repos[0]?.revisions,
    })
    const main = await listCommit(hub, 'main')
    const repoFolder = repo?.folder ?? ''
    expect(await readRef(repoFolder, 'main')).toBe(main.commitHash)
    const blobBytes = await readBlobSizes(
      repoFolder,
      main.files.flatMap(({ etag }) => etag ?? []),
    )
    const plan = planSnapshot(main.files, {
      choice: { all: true },
      present: { blobBytes, partialBytes: new Map() },
    })
    expect(plan.fetchBytes).toBe(0)
    expect(plan.files.every(({ action }) => action === 'keep')).toBe(true)
    const listing = await readTreeListing(repoFolder, main.commitHash)
    expect(new Map([...(listing ?? [])].map(([name, { etag }]) => [name, etag]))).toEqual(
      new Map(main.files.map((file) => [file.path, file.etag])),
    )
  })

  test('sees damage where we see it', async () => {
    await using hub = await startHub()
    await using folder = await createTemporaryFolder()
    const cache = await openRepoCache({ hubCache: folder.path, repoId: modelId })
    const { files: listed } = await fill(hub, cache, 'main')
    const config = listed.find((file) => file.path === 'config.json')
    await writeFile(blobPath(cache.folder, config?.etag ?? ''), '{"model_type":"lllll"}')
    const verified = await python.hf(['cache', 'verify', modelId, '--cache-dir', folder.path], {
      environment: { HF_ENDPOINT: hub.endpoint },
    })
    expect(verified.code).not.toBe(0)
    expect(verified.output).toContain('config.json')
    await using pool = new HashPool()
    const { signal } = new AbortController()
    const [repo] = (await scanCache(folder.path)).repos
    if (repo === undefined) throw new Error('nothing was found in the cache')
    const ours = await verifyRepo(repo, {
      digest: ({ path: place, ...subject }) => pool.digest(place, subject, signal),
    })
    expect(ours.damaged.map(({ usedBy }) => usedBy)).toEqual([['config.json']])
    expect(ours.verifiedFiles).toBe(repo.blobs.length - 1)
  })

  test('finds our unfinished downloads and removes them with its own', async () => {
    await using folder = await createTemporaryFolder()
    const cache = await openRepoCache({ hubCache: folder.path, repoId: modelId })
    const etag = 'e'.repeat(64)
    await writeFile(partialPath(cache.folder, etag), 'begun')
    expect(await python.evaluate(scanProgram, { input: folder.path })).toMatchObject({
      warnings: [],
      incomplete: [`${etag}.hubgate.incomplete`],
    })
    expect(await python.hf(['cache', 'prune', '--yes', '--cache-dir', folder.path])).toMatchObject({ code: 0 })
    expect(await readdir(path.join(cache.folder, 'blobs'))).toEqual([])
  })

  test('takes a local folder of ours for its own, and we one of its', async () => {
    await using hub = await startHub()
    await using ours = await createTemporaryFolder()
    await using theirs = await createTemporaryFolder()
    const { commitHash, files: listed } = await listCommit(hub, 'main')
    const local = await openLocalFolder(ours.path)
    for (const file of listed) {
      const partial = localPartialPath(ours.path, file.path, file.etag ?? '')
      await makeLocalFolders(local, file.path)
      await mkdir(path.dirname(partial), { recursive: true })
      await writeFile(partial, await readRemote(hub, commitHash, file.path))
      await placeLocalFile(local, file.path, partial)
      await writeLocalMetadata(local, file.path, { commitHash, etag: file.etag ?? '' }, new Date())
    }
    const environment = { HF_ENDPOINT: hub.endpoint }
    const fetched = (): number => hub.log.entries({ host: 'cdn' }).length
    const before = fetched()
    await python.evaluate(snapshotProgram, { input: { repo_id: modelId, local_dir: ours.path }, environment })
    expect(fetched()).toBe(before)

    await python.evaluate(snapshotProgram, { input: { repo_id: modelId, local_dir: theirs.path }, environment })
    for (const file of listed)
      expect(await readLocalMetadata(theirs.path, file.path)).toEqual({ commitHash, etag: file.etag })
  })

  test('and we choose the same files by the same patterns', async () => {
    const unit = fc.constantFrom('a', 'b', 'B', '.', '/', '-', '*', '?', '[', ']', '!', '^', 'é', '😀', '{', '}', ',')
    const pairs = fc.sample(fc.tuple(fc.string({ unit, maxLength: 8 }), fc.string({ unit, maxLength: 8 })), {
      numRuns: 20_000,
      seed: 20_261_124,
    })
    const program = `
import json, sys
from huggingface_hub.utils import filter_repo_objects
print(json.dumps([len(list(filter_repo_objects([p], allow_patterns=[g]))) == 1 for g, p in json.load(open(json.loads(sys.argv[1])))]))
`
    await using folder = await createTemporaryFolder()
    const file = path.join(folder.path, 'pairs.json')
    await writeFile(file, JSON.stringify(pairs))
    const theirs = (await python.evaluate(program, { input: file })) as boolean[]
    const different = pairs.filter(([glob, name], index) => createGlob(glob)(name) !== theirs[index])
    expect(different).toEqual([])
    expect(theirs.filter(Boolean).length).toBeGreaterThan(500)
  })
})

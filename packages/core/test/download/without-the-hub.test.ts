import { appendFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { computedContent } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import type { DownloadedSnapshot, DownloadSnapshotOptions } from '../../src/download/download-options.ts'
import { downloadSnapshot } from '../../src/download/download-snapshot.ts'
import { previewSnapshot } from '../../src/download/preview-snapshot.ts'
import { endpointText } from '../../src/settings/endpoint.ts'
import { type DownloadStage, stageDownload } from './stage.ts'

const MIB = 1024 * 1024
const files = {
  'config.json': '{"a":1}',
  'onnx/model.onnx': 'graph',
  'model.safetensors': { content: computedContent(MIB, 'weights') },
}
const there = { fetchedBytes: 0, wasComplete: true, isUncertain: false, isUnconfirmed: false }

function offline(
  stage: DownloadStage,
  modelId: string,
  changes: Partial<DownloadSnapshotOptions> = {},
): Promise<DownloadedSnapshot> {
  return downloadSnapshot(modelId, stage.options({ client: stage.client({ HF_HUB_OFFLINE: '1' }), ...changes }))
}

/** As `hf download --local-dir` leaves it: the listing beside the metadata, the ref in the cache. */
async function asFilledByHf(stage: DownloadStage, folder: string, got: DownloadedSnapshot): Promise<void> {
  const kept = path.join(stage.home, 'hubgate/listings')
  const rows = (
    JSON.parse(await readFile(path.join(kept, 'models--acme--tiny', `${got.commitHash}.json`), 'utf8')) as {
      files: [string, number, string][]
    }
  ).files
  const entries = rows.map(([name, size, etag]) => [
    name,
    { size, blob_id: etag.slice(0, 40), ...(etag.length === 64 ? { lfs_sha256: etag, lfs_size: size } : {}) },
  ])
  const trees = path.join(folder, '.cache/huggingface/trees')
  await mkdir(trees)
  const listing = { format_version: 1, files: Object.fromEntries(entries) as unknown }
  await writeFile(path.join(trees, `${got.commitHash}.json`), JSON.stringify(listing))
  await rm(kept, { recursive: true })
}

describe('downloadSnapshot() offline, of a folder of the user', () => {
  test('takes what was fetched, by branch, tag and commit, also after it was moved', async () => {
    await using stage = await stageDownload(files, { refs: { 'refs/tags/v1': files } })
    const localFolder = path.join(stage.home, 'mine')
    const got = await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    const tagged = await downloadSnapshot('acme/tiny', stage.options({ localFolder, revision: 'v1' }))
    const moved = path.join(stage.home, 'moved')
    await rename(localFolder, moved)
    stage.hub.log.clear()
    for (const [revision, { commitHash }] of Object.entries({ main: got, v1: tagged, [got.commitHash]: got })) {
      const again = await offline(stage, 'acme/tiny', { localFolder: moved, revision })
      expect(again).toEqual({ ...got, ...there, commitHash, path: moved })
    }
    expect(stage.hub.log.entries()).toEqual([])
    const away = stage.client({ HF_ENDPOINT: 'http://127.0.0.1:9' })
    const kept = await downloadSnapshot('acme/tiny', stage.options({ localFolder: moved, client: away }))
    expect(kept).toEqual({ ...got, ...there, path: moved, isUnconfirmed: true })
  })

  test('takes nothing less, nothing of another model, and no revision that nobody knows', async () => {
    await using stage = await stageDownload(files)
    const localFolder = path.join(stage.home, 'mine')
    await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    const refusals: Partial<DownloadSnapshotOptions>[] = [
      { localFolder, revision: 'v2' },
      { localFolder, choice: { all: true } },
      { localFolder: path.join(stage.home, 'empty') },
    ]
    for (const changes of refusals)
      await expect(offline(stage, 'acme/tiny', changes)).rejects.toMatchObject({ code: 'ERR_OFFLINE' })
    await expect(offline(stage, 'acme/other', { localFolder })).rejects.toMatchObject({ code: 'ERR_OFFLINE' })
    await appendFile(path.join(localFolder, 'config.json'), ' ')
    await expect(offline(stage, 'acme/tiny', { localFolder })).rejects.toMatchObject({ code: 'ERR_OFFLINE' })
  })

  test('takes what `hf` put there: for certain where the cache knows its commit, else as far as the folder tells', async () => {
    await using stage = await stageDownload(files)
    const localFolder = path.join(stage.home, 'mine')
    const got = await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    await asFilledByHf(stage, localFolder, got)
    const guessed = await offline(stage, 'acme/tiny', { localFolder })
    expect(guessed).toEqual({ ...got, ...there, isUncertain: true })
    const ref = path.join(stage.hubCache, 'models--acme--tiny/refs/main')
    await mkdir(path.dirname(ref), { recursive: true })
    await writeFile(ref, got.commitHash)
    expect(await offline(stage, 'acme/tiny', { localFolder })).toEqual({ ...got, ...there })
    await rm(path.join(localFolder, '.cache/huggingface/trees'), { recursive: true })
    const some = await offline(stage, 'acme/tiny', { localFolder })
    expect(some).toMatchObject({ ...there, isUncertain: true, commitHash: got.commitHash })
    expect(some.files.map((file) => file.path).toSorted()).toEqual(got.files.map((file) => file.path).toSorted())
  })

  test('copies what the cache holds into a folder, if that is all of it', async () => {
    await using stage = await stageDownload(files)
    const cached = await downloadSnapshot('acme/tiny', stage.options())
    const localFolder = path.join(stage.home, 'mine')
    const more = { localFolder, choice: { all: true } }
    await rm(path.join(cached.path, '../../blobs'), { recursive: true })
    await expect(offline(stage, 'acme/tiny', more)).rejects.toMatchObject({ code: 'ERR_OFFLINE' })
    await expect(readFile(path.join(localFolder, 'config.json'))).rejects.toThrow('ENOENT')
    await downloadSnapshot('acme/tiny', stage.options())
    stage.hub.log.clear()
    const copied = await offline(stage, 'acme/tiny', { localFolder })
    expect(copied).toEqual({ ...cached, ...there, path: localFolder })
    expect(await readFile(path.join(localFolder, 'config.json'), 'utf8')).toBe('{"a":1}')
    expect(await offline(stage, 'acme/tiny', { localFolder })).toEqual(copied)
    expect(stage.hub.log.entries()).toEqual([])
  })

  test('goes by the commit the folder holds, where the branch was seen to lead elsewhere since', async () => {
    await using stage = await stageDownload(files)
    const localFolder = path.join(stage.home, 'mine')
    const got = await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    stage.hub.admin.commit({ model: 'acme/tiny', files: { 'config.json': '{"a":2}' } })
    await downloadSnapshot('acme/tiny', stage.options({ localFolder: path.join(stage.home, 'other') }))
    expect(await offline(stage, 'acme/tiny', { localFolder })).toEqual({ ...got, ...there, isUncertain: true })
  })
})

describe('downloadSnapshot() offline, by another name', () => {
  test('finds what is cached under the present name, and under a former one, after a rename that was seen', async () => {
    await using stage = await stageDownload(files)
    const before = await downloadSnapshot('acme/tiny', stage.options())
    stage.hub.admin.rename({ model: 'acme/tiny', to: 'acme/renamed' })
    const online = await downloadSnapshot('acme/tiny', stage.options())
    expect(await offline(stage, 'acme/tiny')).toEqual(online)
    const names = { modelId: 'acme/renamed', renamedFrom: undefined, cachedAs: 'acme/tiny' }
    expect(await offline(stage, 'Acme/Renamed')).toEqual({ ...online, ...names, modelId: 'Acme/Renamed' })
    await rename(path.join(stage.hubCache, 'models--acme--tiny'), path.join(stage.hubCache, 'models--acme--renamed'))
    expect(await offline(stage, 'acme/tiny')).toMatchObject({
      ...there,
      modelId: 'acme/renamed',
      renamedFrom: 'acme/tiny',
      path: before.path.replace('acme--tiny', 'acme--renamed'),
    })
    // The name is another model's now: it leads nowhere else any more.
    stage.hub.admin.createModel({ id: 'acme/tiny', files })
    await downloadSnapshot('acme/tiny', stage.options())
    expect(await offline(stage, 'acme/tiny')).toMatchObject({ modelId: 'acme/tiny', renamedFrom: undefined })
  })

  test('knows a rename that a search has seen', async () => {
    await using stage = await stageDownload(files)
    await downloadSnapshot('acme/tiny', stage.options())
    const { endpoint } = stage.client().settings
    await stage.store.live.putModels([
      {
        endpoint: endpointText(endpoint),
        account: '',
        id: 'acme/renamed',
        formerIds: ['acme/tiny'],
        form: 'details',
        json: '{}',
        asOf: new Date().toISOString(),
        order: {},
      },
    ])
    expect(await offline(stage, 'acme/renamed')).toMatchObject({ ...there, cachedAs: 'acme/tiny' })
  })

  test('finds an id in other letters, where there is one; the one that was asked for goes first', async () => {
    await using stage = await stageDownload(files)
    const got = await downloadSnapshot('acme/tiny', stage.options())
    const respelled = { ...got, ...there, modelId: 'ACME/Tiny', cachedAs: 'acme/tiny' }
    expect(await offline(stage, 'ACME/Tiny')).toEqual(respelled)
    expect(
      await previewSnapshot('ACME/Tiny', stage.options({ client: stage.client({ HF_HUB_OFFLINE: '1' }) })),
    ).toMatchObject({
      path: got.path,
      plan: { fetchBytes: 0 },
    })
    const [from, to] = ['acme--tiny', 'ACME--Tiny'].map((name) => path.join(stage.hubCache, `models--${name}`))
    await cp(from ?? '', to ?? '', { recursive: true, verbatimSymlinks: true })
    expect(await offline(stage, 'ACME/Tiny')).toMatchObject({ ...there, path: got.path.replace(from ?? '', to ?? '') })
    await expect(offline(stage, 'other/Tiny')).rejects.toMatchObject({
      code: 'ERR_OFFLINE',
      details: { available: expect.arrayContaining(['acme/tiny', 'ACME/Tiny']) as string[] },
    })
  })

  test('goes on with what another tool was asked for in other letters, and fetches no second copy', async () => {
    await using stage = await stageDownload(files)
    const got = await downloadSnapshot('acme/tiny', stage.options())
    await rename(path.join(stage.hubCache, 'models--acme--tiny'), path.join(stage.hubCache, 'models--acme--TINY'))
    const again = await downloadSnapshot('acme/TINY', stage.options())
    expect(again).toMatchObject({ ...there, modelId: 'acme/tiny', path: got.path.replace('--tiny', '--TINY') })
  })
})

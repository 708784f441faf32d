import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { computedContent } from 'hub-emulator'
import { expect, test } from 'vitest'
import { journalPath, partialPath } from '../../src/cache/layout.ts'
import { localJournalPath, localMetadataPath, localPartialPath } from '../../src/cache/local-folder.ts'
import { downloadSnapshot } from '../../src/download/download-snapshot.ts'
import { type DownloadStage, stageDownload } from './stage.ts'

const files = {
  'config.json': '{"a":1}',
  'copy/config.json': '{"a":1}',
  'onnx/model.onnx': { content: computedContent(3_000_000, 'weights') },
}

/** What somebody planted, before a download: a link at this path, to a folder or a file outside. */
interface Planted {
  readonly at: (names: Names) => string
  readonly to: 'folder' | 'file'
}

interface Names {
  readonly repo: string
  readonly folder: string
  readonly commitHash: string
  readonly etags: Readonly<Record<string, string>>
}

interface Garden extends AsyncDisposable {
  readonly stage: DownloadStage
  readonly names: Names
  /** What lies outside, with its content. */
  outside(): Promise<Record<string, string>>
}

async function plant(planted: readonly Planted[]): Promise<Garden> {
  const stage = await stageDownload(files)
  const [commitHash = ''] = stage.hub.admin.commits({ model: 'acme/tiny' })
  const answer = await fetch(`${stage.hub.endpoint}/api/models/acme/tiny/tree/main?recursive=true`)
  const rows = (await answer.json()) as { path: string; oid: string; lfs?: { oid: string } }[]
  const etags = Object.fromEntries(rows.map(({ path: name, oid, lfs }) => [name, lfs?.oid ?? oid]))
  const names = {
    repo: path.join(stage.hubCache, 'models--acme--tiny'),
    folder: path.join(stage.home, 'mine'),
    commitHash,
    etags,
  }
  const outside = path.join(stage.home, 'outside')
  await mkdir(outside)
  await writeFile(path.join(outside, 'precious'), 'precious')
  for (const { at, to } of planted) {
    const place = at(names)
    await mkdir(path.dirname(place), { recursive: true })
    await symlink(to === 'folder' ? outside : path.join(outside, 'precious'), place)
  }
  return {
    stage,
    names,
    async outside() {
      const found = await readdir(outside)
      return Object.fromEntries(
        await Promise.all(found.map(async (name) => [name, await readFile(path.join(outside, name), 'utf8')] as const)),
      )
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  }
}

const refused: readonly [string, Planted][] = [
  ['blobs', { at: ({ repo }) => path.join(repo, 'blobs'), to: 'folder' }],
  ['snapshots', { at: ({ repo }) => path.join(repo, 'snapshots'), to: 'folder' }],
  ['refs', { at: ({ repo }) => path.join(repo, 'refs'), to: 'folder' }],
  ['a snapshot', { at: ({ repo, commitHash }) => path.join(repo, 'snapshots', commitHash), to: 'folder' }],
  [
    'a folder of a snapshot',
    { at: ({ repo, commitHash }) => path.join(repo, 'snapshots', commitHash, 'onnx'), to: 'folder' },
  ],
]

test.each(refused)('a link in place of %s is refused, and nothing is written through it', async (_, planted) => {
  await using garden = await plant([planted])
  await expect(downloadSnapshot('acme/tiny', garden.stage.options({ choice: { all: true } }))).rejects.toMatchObject({
    code: 'ERR_UNSAFE_PATH',
    message: expect.stringContaining('a link') as string,
  })
  expect(await garden.outside()).toEqual({ precious: 'precious' })
})

const model = 'onnx/model.onnx'
/** A pointer, a blob, a ref, partial data large and small, a journal. */
const replaced: readonly Planted[] = [
  { at: ({ repo, commitHash }) => path.join(repo, 'snapshots', commitHash, 'config.json'), to: 'file' },
  { at: ({ repo, etags }) => path.join(repo, 'blobs', etags[model] ?? ''), to: 'file' },
  { at: ({ repo }) => path.join(repo, 'refs', 'main'), to: 'file' },
  { at: ({ repo, etags }) => partialPath(repo, etags[model] ?? ''), to: 'file' },
  { at: ({ repo, etags }) => partialPath(repo, etags['config.json'] ?? ''), to: 'file' },
  { at: ({ repo, etags }) => journalPath(repo, etags[model] ?? ''), to: 'file' },
]

test('links in place of files of ours are replaced, and what they lead to left alone', async () => {
  await using garden = await plant(replaced)
  const { path: snapshot } = await downloadSnapshot('acme/tiny', garden.stage.options({ choice: { all: true } }))
  expect(await garden.outside()).toEqual({ precious: 'precious' })
  expect(await readFile(path.join(snapshot, 'config.json'), 'utf8')).toBe('{"a":1}')
  expect(await readlink(path.join(snapshot, model))).toBe(`../../../blobs/${garden.names.etags[model]}`)
  expect((await readFile(path.join(snapshot, model))).length).toBe(3_000_000)
})

test('a link in place of a repo is followed: so people move a model to another disk', async () => {
  await using garden = await plant([{ at: ({ repo }) => repo, to: 'folder' }])
  const { path: snapshot } = await downloadSnapshot('acme/tiny', garden.stage.options())
  expect(await readFile(path.join(snapshot, 'config.json'), 'utf8')).toBe('{"a":1}')
})

test.each([
  ['.cache', ({ folder }: Names): string => path.join(folder, '.cache')],
  ['.cache/huggingface', ({ folder }: Names): string => path.join(folder, '.cache/huggingface')],
  ['metadata below', ({ folder }: Names): string => path.join(folder, '.cache/huggingface/download/onnx')],
  ['a folder', ({ folder }: Names): string => path.join(folder, 'onnx')],
])('with a folder of the user, a link in place of %s is refused', async (_, at) => {
  await using garden = await plant([{ at, to: 'folder' }])
  const options = garden.stage.options({ localFolder: garden.names.folder, choice: { all: true } })
  await expect(downloadSnapshot('acme/tiny', options)).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' })
  expect(await garden.outside()).toEqual({ precious: 'precious' })
})

/** A file, its metadata, partial data, a journal, and a copy on its way. */
const replacedInFolder: readonly Planted[] = [
  { at: ({ folder }) => path.join(folder, 'config.json'), to: 'file' },
  { at: ({ folder }) => localMetadataPath(folder, model), to: 'file' },
  { at: ({ folder, etags }) => localPartialPath(folder, model, etags[model] ?? ''), to: 'file' },
  { at: ({ folder, etags }) => localJournalPath(folder, model, etags[model] ?? ''), to: 'file' },
  {
    at: ({ folder, etags }) => localPartialPath(folder, 'copy/config.json', etags['config.json'] ?? ''),
    to: 'file',
  },
]

test('with a folder of the user, links in place of files are replaced, and what they lead to left alone', async () => {
  await using garden = await plant(replacedInFolder)
  const { folder } = garden.names
  await downloadSnapshot('acme/tiny', garden.stage.options({ localFolder: folder, choice: { all: true } }))
  expect(await garden.outside()).toEqual({ precious: 'precious' })
  expect((await readFile(path.join(folder, model))).length).toBe(3_000_000)
  expect(await readFile(path.join(folder, 'copy/config.json'), 'utf8')).toBe('{"a":1}')
})

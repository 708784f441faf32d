import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { computedContent, type HubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { blobPath, journalPath, partialPath, pointerPath, refPath } from '../../src/cache/layout.ts'
import { localJournalPath, localMetadataPath, localPartialPath } from '../../src/cache/local-folder.ts'
import { downloadSnapshot } from '../../src/download/download-snapshot.ts'
import { type DownloadStage, stageDownload } from './stage.ts'

const model = 'onnx/model.onnx'
const files = { 'config.json': '{"a":1}', [model]: { content: computedContent(3_000_000, 'weights') } }

interface Names {
  readonly repo: string
  readonly folder: string
  readonly commitHash: string
  readonly etags: Readonly<Record<string, string>>
}

async function namesOf({ hub, home, hubCache }: DownloadStage): Promise<Names> {
  const [commitHash = ''] = hub.admin.commits({ model: 'acme/tiny' })
  const answer = await fetch(`${hub.endpoint}/api/models/acme/tiny/tree/main?recursive=true`)
  const rows = (await answer.json()) as { path: string; oid: string; lfs?: { oid: string } }[]
  const etags = Object.fromEntries(rows.map(({ path: name, oid, lfs }) => [name, lfs?.oid ?? oid]))
  return { repo: path.join(hubCache, 'models--acme--tiny'), folder: path.join(home, 'mine'), commitHash, etags }
}

/** Bytes of files that were asked for. */
function asked({ log }: HubEmulator): number {
  return log.entries().filter(({ host, route }) => host === 'cdn' || route === 'resolve' || route === 'resolve-cache')
    .length
}

const inCache: Readonly<Record<string, (names: Names) => string>> = {
  'a blob': ({ repo, etags }) => blobPath(repo, etags[model] ?? ''),
  'a small blob': ({ repo, etags }) => blobPath(repo, etags['config.json'] ?? ''),
  'partial data': ({ repo, etags }) => partialPath(repo, etags[model] ?? ''),
  'partial data of a small file': ({ repo, etags }) => partialPath(repo, etags['config.json'] ?? ''),
  'a journal': ({ repo, etags }) => journalPath(repo, etags[model] ?? ''),
  'a file of the snapshot': ({ repo, commitHash }) => pointerPath(repo, commitHash, model),
  'a ref': ({ repo }) => refPath(repo, 'main'),
}
const inFolder: Readonly<Record<string, (names: Names) => string>> = {
  'a file': ({ folder }) => path.join(folder, model),
  'its metadata': ({ folder }) => localMetadataPath(folder, model),
  'partial data': ({ folder, etags }) => localPartialPath(folder, model, etags[model] ?? ''),
  'a journal': ({ folder, etags }) => localJournalPath(folder, model, etags[model] ?? ''),
}
const kinds = process.platform === 'win32' ? (['folder'] as const) : (['folder', 'named pipe'] as const)
const cases = kinds.flatMap((kind) => [
  ...Object.entries(inCache).map(([what, at]) => ({ kind, what, at, isLocal: false })),
  ...Object.entries(inFolder).map(([what, at]) => ({ kind, what, at, isLocal: true })),
])

test.each(cases)(
  'a $kind in place of $what is noticed before the first byte (a folder of the user: $isLocal)',
  async ({ kind, at, isLocal }) => {
    await using stage = await stageDownload(files)
    const names = await namesOf(stage)
    const place = at(names)
    await mkdir(path.dirname(place), { recursive: true })
    if (kind === 'folder') await mkdir(place)
    else execFileSync('mkfifo', [place])
    stage.hub.log.clear()
    const options = stage.options({ choice: { all: true }, ...(isLocal ? { localFolder: names.folder } : {}) })
    await expect(downloadSnapshot('acme/tiny', options)).rejects.toMatchObject({
      code: 'ERR_WRITE',
      message: `Cannot write ${place}: a ${kind} lies where a file is needed; look what it is, move it away, and run it again`,
    })
    expect(asked(stage.hub)).toBe(0)
  },
)

test('a file in place of the folder of refs is noticed before the first byte', async () => {
  await using stage = await stageDownload(files)
  const { repo } = await namesOf(stage)
  await mkdir(repo, { recursive: true })
  await writeFile(path.join(repo, 'refs'), '')
  stage.hub.log.clear()
  await expect(downloadSnapshot('acme/tiny', stage.options())).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' })
  expect(asked(stage.hub)).toBe(0)
})

test('where all of it is there, a folder in place of a ref is told as well', async () => {
  await using stage = await stageDownload(files)
  const { repo } = await namesOf(stage)
  await downloadSnapshot('acme/tiny', stage.options())
  await mkdir(refPath(repo, 'refs/heads/main'), { recursive: true })
  const again = downloadSnapshot('acme/tiny', stage.options({ revision: 'refs/heads/main' }))
  await expect(again).rejects.toMatchObject({
    code: 'ERR_WRITE',
    message: expect.stringContaining('a folder') as string,
  })
})

// How fast is a whole, verified file there, and what does that take? Beside what others need on the same server, and what
// server and disk give at all. Plain HTTP: no Xet server stands here.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import process from 'node:process'
import { workspaceRoot } from '../../scripts/pinned-node.mjs'
import { keepResult } from '../timing.ts'
import { measureAgain } from './again.ts'
import { GIB, makeLargeFile } from './content.ts'
import { hubgate, plainDownloaders, prepareHubClients } from './downloaders.ts'
import { measureHugeFile } from './huge-file.ts'
import { inMemory, onDisk } from './places.ts'
import { measureSmallFiles } from './small-files.ts'
import { startStaticHub } from './static-hub.ts'
import { asMarkdown } from './table.ts'
import { measureThrottled } from './throttled.ts'
import { measureWholeFile } from './whole-file.ts'

const FILE_BYTES = 2 * GIB
const loadBefore = loadavg()
build()
const others = await prepareHubClients()
using disk = onDisk()
using memory = inMemory(3 * FILE_BYTES)
const scratch = memory ?? disk

const wholeFile = await wholeFiles()
const throttled = shown(await measureThrottled(scratch))
// The JavaScript client takes one small file after another: a minute each time.
const pythons = others.filter(({ name }) => name.startsWith('hf'))
const smallFiles = shown(await measureSmallFiles(scratch, [hubgate, ...pythons]))
const hugeFile = memory === undefined ? undefined : shown(await measureHugeFile(memory))
const again = shown(await measureAgain(scratch, [hubgate, ...pythons.slice(0, 1)]))

const parts = [...wholeFile, throttled, smallFiles, ...(hugeFile ? [hugeFile] : []), again]
const result = {
  wire: 'plain HTTP: no Xet server stands here',
  server: 'static-hub.py: bodies by sendfile, a thread for each connection',
  load: { before: loadBefore, after: loadavg() },
  wholeFile: wholeFile.flatMap(({ rows }) => rows),
  throttled: throttled.rows,
  smallFiles: smallFiles.rows,
  hugeFile: hugeFile?.rows,
  again: again.rows,
  targets: parts.flatMap(({ targets }) => targets),
}
keepResult(new URL(import.meta.url), result)
writeFileSync(new URL('table.md', import.meta.url), asMarkdown(result))
console.table(result.targets)
const missed = result.targets.filter(({ isMet }) => !isMet)
if (missed.length > 0) {
  process.stdout.write(
    `missed:\n${missed.map(({ what, measured, limit }) => `${what}: ${measured}, not ${limit}\n`).join('')}`,
  )
  process.exitCode = 1
}

async function wholeFiles(): Promise<ReturnType<typeof measureWholeFile>[]> {
  const file = makeLargeFile(scratch.folder, 'model.safetensors', FILE_BYTES)
  using hub = await startStaticHub([file])
  const downloaders = [hubgate, ...plainDownloaders(file.path), ...others]
  return [memory, disk]
    .filter((place) => place !== undefined)
    .map((place) => shown(measureWholeFile(place, hub, file, downloaders)))
}

/** It takes a quarter of an hour: what is known is told at once. */
function shown<Part extends { readonly rows: readonly object[] }>(part: Part): Part {
  console.table(part.rows)
  return part
}

/** What is measured is the command as it is published. */
function build(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: workspaceRoot, stdio: 'inherit' })
  if (status !== 0) throw new Error('Cannot build what is to be measured')
}

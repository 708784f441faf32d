import { readdirSync, rmSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { computedContent } from 'hub-emulator'
import { expect, test } from 'vitest'
import { downloadSnapshot } from '../../src/download/download-snapshot.ts'
import type { DownloadEvent } from '../../src/download/events.ts'
import { type DownloadStage, stageDownload } from './stage.ts'

const MIB = 1024 * 1024
const files = { 'config.json': '{"a":1}', 'onnx/model.onnx': { content: computedContent(2 * MIB, 'weights') } }

/** Removes something each time a download has come half-way, as a program does that knows nothing of us. */
function removingHalfway(remove: () => void, times: number): (event: DownloadEvent) => void {
  let [left, isDue] = [times, true]
  return (event) => {
    if (event.type === 'planned') isDue = left > 0
    if (event.type !== 'progress' || event.doneBytes < MIB / 2 || !isDue) return
    isDue = false
    left -= 1
    remove()
  }
}

async function stageSlow(): Promise<DownloadStage> {
  const stage = await stageDownload(files)
  stage.hub.admin.setFaults({
    rules: [{ when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 3 * MIB } }],
  })
  return stage
}

function repoOf(stage: DownloadStage): string {
  return path.join(stage.hubCache, 'models--acme--tiny')
}

/** As `hf cache prune`. */
function prune(stage: DownloadStage): void {
  const blobs = path.join(repoOf(stage), 'blobs')
  for (const name of readdirSync(blobs)) if (name.endsWith('.incomplete')) rmSync(path.join(blobs, name))
}

test.each<[string, (stage: DownloadStage) => void]>([
  ['partial data', prune],
  ['the snapshot', (stage) => rmSync(path.join(repoOf(stage), 'snapshots'), { recursive: true })],
  ['the whole repo', (stage) => rmSync(repoOf(stage), { recursive: true })],
])('downloadSnapshot() gets once more what another program removed while it came: %s', async (_, remove) => {
  await using stage = await stageSlow()
  const onEvent = removingHalfway(() => {
    remove(stage)
    stage.hub.admin.setFaults({ rules: [] })
  }, 1)
  const { path: snapshot } = await downloadSnapshot('acme/tiny', stage.options({ onEvent, choice: { all: true } }))
  expect(await readFile(path.join(snapshot, 'config.json'), 'utf8')).toBe('{"a":1}')
  expect((await stat(path.join(snapshot, 'onnx/model.onnx'))).size).toBe(2 * MIB)
})

test('downloadSnapshot() says so where it is removed again and again', async () => {
  await using stage = await stageSlow()
  const onEvent = removingHalfway(() => prune(stage), 2)
  const failing = downloadSnapshot('acme/tiny', stage.options({ onEvent, choice: { all: true } }))
  await expect(failing).rejects.toMatchObject({
    code: 'ERR_WRITE',
    message: expect.stringContaining('something else removed') as string,
  })
})

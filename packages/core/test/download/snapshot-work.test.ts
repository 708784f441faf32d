import path from 'node:path'
import { expect, test } from 'vitest'
import { realDisk } from '../../src/cache/disk.ts'
import { cacheTarget } from '../../src/download/cache-target.ts'
import { planWork } from '../../src/download/snapshot-work.ts'
import { createTemporaryFolder } from '../cache/temporary-folder.ts'

const listing = Array.from({ length: 5000 }, (_, index) => ({
  path: `data/part-${index % 10}/file-${index}.json`,
  sizeBytes: index,
  etag: index.toString(16).padStart(64, '0'),
}))

test('planWork() lets others have a turn between its steps, and stops when it is told so meanwhile', async () => {
  await using folder = await createTemporaryFolder()
  const target = cacheTarget({
    hubCache: path.join(folder.path, 'hub'),
    modelId: 'acme/many',
    commitHash: 'a'.repeat(40),
    disk: realDisk,
  })
  const stop = new AbortController()
  const work = planWork({ choice: {}, platform: undefined, signal: stop.signal }, target, listing)
  setImmediate(() => stop.abort())
  await expect(work).rejects.toMatchObject({ name: 'AbortError' })
  const { signal } = new AbortController()
  const { plan, contents } = await planWork({ choice: {}, platform: undefined, signal }, target, listing)
  expect([plan.files.length, contents.length]).toEqual([5000, 5000])
})

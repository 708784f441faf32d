import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Hasher } from '../../src/hashing/hasher.ts'
import { createTemporaryFolder } from '../cache/temporary-folder.ts'

test('Hasher hashes behind its writer, and tells who waits when its thread has ended', async () => {
  await using folder = await createTemporaryFolder()
  const file = path.join(folder.path, 'model.bin')
  await writeFile(file, 'weights')
  const subject = { etag: createHash('sha256').update('weights').digest('hex'), sizeBytes: 7 }
  const hasher = new Hasher()
  using whole = hasher.start(file, subject)
  using unfinished = hasher.start(file, subject)
  whole.advance(7)
  expect(await whole.digest).toBe(subject.etag)
  await hasher[Symbol.asyncDispose]()
  await expect(unfinished.digest).rejects.toThrow('the thread that hashes has ended')
}, 5000)

test('Hasher takes another thread where the one before has ended', async () => {
  await using folder = await createTemporaryFolder()
  const file = path.join(folder.path, 'model.bin')
  await writeFile(file, 'weights')
  const subject = { etag: createHash('sha256').update('weights').digest('hex'), sizeBytes: 7 }
  await using hasher = new Hasher()
  for (let thread = 0; thread < 2; thread += 1) {
    using hashing = hasher.start(file, subject)
    hashing.advance(7)
    expect(await hashing.digest).toBe(subject.etag)
    await hasher[Symbol.asyncDispose]()
  }
}, 5000)

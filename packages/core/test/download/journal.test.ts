import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { realDisk } from '../../src/cache/disk.ts'
import { ByteRanges } from '../../src/download/byte-ranges.ts'
import { Journal, readJournal } from '../../src/download/journal.ts'
import { PartialFile } from '../../src/download/partial-file.ts'
import { failingDisk } from '../cache/failing-disk.ts'
import { createTemporaryFolder } from '../cache/temporary-folder.ts'

const subject = { etag: 'a'.repeat(64), sizeBytes: 1000 }
const ranges = [
  { start: 0, end: 100 },
  { start: 500, end: 600 },
  { start: 100, end: 250 },
]

async function writtenJournal(folder: string): Promise<string> {
  const file = path.join(folder, 'journal')
  await using journal = await Journal.open(realDisk, file, subject)
  for (const range of ranges) await journal.append([range])
  return file
}

test('Journal tells what was appended, and goes on after it', async () => {
  await using folder = await createTemporaryFolder()
  const file = await writtenJournal(folder.path)
  {
    await using again = await Journal.open(realDisk, file, subject)
    expect([...again.ranges]).toEqual([...new ByteRanges(ranges)])
    await again.append([{ start: 900, end: 1000 }])
  }
  await using third = await Journal.open(realDisk, file, subject)
  expect([...third.ranges].at(-1)).toEqual({ start: 900, end: 1000 })
})

test('readJournal() takes nothing that was torn or changed, wherever it was', async () => {
  await using folder = await createTemporaryFolder()
  const text = await readFile(await writtenJournal(folder.path), 'latin1')
  const whole = new ByteRanges(ranges)
  const isPartOfWhole = (read: ByteRanges): boolean => new ByteRanges([...whole, ...read]).sizeBytes === whole.sizeBytes
  fc.assert(
    fc.property(fc.nat(text.length), fc.string({ maxLength: 60 }), (cut, garbage) => {
      expect(isPartOfWhole(readJournal(text.slice(0, cut) + garbage, subject).ranges)).toBe(true)
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(text, 'latin1')
      changed[at] = (changed[at] ?? 0) ^ change
      expect(isPartOfWhole(readJournal(changed.toString('latin1'), subject).ranges)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('a torn line is overwritten, so that what is appended next is read', async () => {
  await using folder = await createTemporaryFolder()
  const file = await writtenJournal(folder.path)
  await writeFile(file, (await readFile(file, 'latin1')).slice(0, -5), 'latin1')
  {
    await using journal = await Journal.open(realDisk, file, subject)
    expect(journal.ranges.sizeBytes).toBe(200)
    await journal.append([{ start: 700, end: 800 }])
  }
  await using again = await Journal.open(realDisk, file, subject)
  expect(again.ranges.sizeBytes).toBe(300)
})

test('a journal of another content says nothing', async () => {
  await using folder = await createTemporaryFolder()
  const text = await readFile(await writtenJournal(folder.path), 'latin1')
  expect(readJournal(text, { ...subject, etag: 'b'.repeat(64) }).ranges.sizeBytes).toBe(0)
  expect(readJournal(text, { ...subject, sizeBytes: 999 }).ranges.sizeBytes).toBe(0)
})

test('PartialFile claims nothing whose sync failed, and its writer hears of it', async () => {
  await using folder = await createTemporaryFolder()
  const [data, journal] = [path.join(folder.path, 'data'), path.join(folder.path, 'journal')]
  const options = { ...subject, path: data, journalPath: journal, maxUncommittedBytes: 200 }
  let failures = 0
  for (let failAt = 1; failAt < 40; failAt += 1) {
    const disk = failingDisk(failAt)
    try {
      await using partial = await PartialFile.open({ ...options, disk })
      for (let at = 0; at < 1000; at += 100) await partial.write(Buffer.alloc(100, 7), at)
    } catch (error) {
      failures += 1
      expect(error).toMatchObject({ code: 'ENOSPC' })
    }
    const text = await readFile(journal, 'latin1').catch(() => '')
    const bytes = await readFile(data).catch(() => Buffer.alloc(0))
    for (const { start, end } of readJournal(text, subject).ranges)
      expect(bytes.subarray(start, end).equals(Buffer.alloc(end - start, 7))).toBe(true)
  }
  expect(failures).toBeGreaterThan(5)
})

test('PartialFile does not keep to itself that the last sync of its data failed', async () => {
  const failed: (string | undefined)[] = []
  for (let failAt = 1; failAt < 12; failAt += 1) {
    await using folder = await createTemporaryFolder()
    const [data, journal] = [path.join(folder.path, 'data'), path.join(folder.path, 'journal')]
    const disk = failingDisk(failAt, { code: 'EIO' })
    const options = { ...subject, disk, path: data, journalPath: journal, maxUncommittedBytes: 100 }
    await using partial = await PartialFile.open(options).catch(() => undefined)
    await partial?.write(Buffer.alloc(100), 0).catch(() => undefined)
    failed.push(disk.failed())
    if (disk.failed() === 'sync') await expect(partial?.settle()).rejects.toThrow('EIO')
  }
  expect(failed).toContain('sync')
})

test('PartialFile counts on a journal only while its data is there', async () => {
  await using folder = await createTemporaryFolder()
  const [data, journal] = [path.join(folder.path, 'data'), path.join(folder.path, 'journal')]
  const options = { ...subject, disk: realDisk, path: data, journalPath: journal, maxUncommittedBytes: 100 }
  {
    await using partial = await PartialFile.open(options)
    await partial.write(Buffer.alloc(500), 0)
    await partial.flushBriefly()
  }
  {
    await using partial = await PartialFile.open(options)
    expect(partial.written.sizeBytes).toBe(500)
  }
  await writeFile(data, 'short')
  await using partial = await PartialFile.open(options)
  expect(partial.written.sizeBytes).toBe(0)
})

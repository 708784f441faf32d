import { createHash } from 'node:crypto'
import { access, readFile, writeFile } from 'node:fs/promises'
import { computedContent, type FaultRule } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { fetchLargeFile } from '../../src/download/fetch-large-file.ts'
import { fetchSmallFile } from '../../src/download/fetch-small-file.ts'
import { readJournal } from '../../src/download/journal.ts'
import { stageTransfer } from './transfers.ts'

const coded = (code: string): Error => expect.objectContaining({ code }) as Error
const MIB = 1024 * 1024
const SIZE = 24 * MIB + 12_345
const files = {
  'model.safetensors': { content: computedContent(SIZE, 'weights') },
  'config.json': '{"a":1}',
  'vocab.txt': { content: computedContent(3 * MIB, 'vocab'), lfs: false },
  'empty.txt': '',
}

const sha256Of = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

describe('fetchLargeFile()', () => {
  test('fetches over several connections what the Hub announced, and sends the place of the bytes no token', async () => {
    await using stage = await stageTransfer(files)
    const file = stage.file('model.safetensors')
    await fetchLargeFile(stage.transfer(), file)
    expect(await sha256Of(file.partialPath)).toBe(file.etag)
    const asked = stage.hub.log.entries({ host: 'cdn' })
    expect(new Set(asked.map(({ connection }) => connection)).size).toBeGreaterThan(1)
    expect(asked.every(({ status }) => status === 206)).toBe(true)
    expect(asked.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(SIZE)
    expect(asked.some(({ headers }) => headers.authorization !== undefined)).toBe(false)
    expect(stage.reports).toMatchObject({ fetchedBytes: SIZE, resumedBytes: 0, mismatches: 0 })
  })

  test("verifies a file that git itself keeps by git's hash", async () => {
    await using stage = await stageTransfer(files)
    const file = stage.file('vocab.txt')
    expect(file.etag).toHaveLength(40)
    await fetchLargeFile(stage.transfer(), file)
    expect((await readFile(file.partialPath)).length).toBe(3 * MIB)
  })

  test.each<[string, FaultRule['fault'], number]>([
    ['bodies that are cut', { kind: 'cut', afterBytes: 300_000 }, 3],
    ['bodies that end early without a word', { kind: 'short', missingBytes: 1000 }, 3],
    ['answers of another length', { kind: 'truncate', missingBytes: 1000 }, 2],
    ['signatures that have ended', { kind: 'expired' }, 2],
    ['a 503', { kind: 'status', status: 503 }, 3],
    ['connections that are reset', { kind: 'reset' }, 3],
    ['connections that go silent', { kind: 'hang-body', afterBytes: 300_000 }, 2],
    ['a server that knows no ranges', { kind: 'ignore-range' }, 1000],
    ['a server that sends without end', { kind: 'endless' }, 2],
    ['a limit of the Hub', { kind: 'status', status: 429, retryAfter: 0 }, 2],
  ])('gets the right bytes in spite of %s', async (_, fault, count) => {
    await using stage = await stageTransfer(files)
    stage.hub.admin.setFaults({ rules: [{ when: { host: 'cdn', count }, fault }] })
    const file = stage.file('model.safetensors')
    await fetchLargeFile(stage.transfer(), file)
    expect(await sha256Of(file.partialPath)).toBe(file.etag)
    expect(stage.reports.mismatches).toBe(0)
  })

  test('lets the others take over what one connection is long in coming with', async () => {
    await using stage = await stageTransfer(files)
    const isSlow = { kind: 'throttle', bytesPerSecond: 25_000 } as const
    const others = { kind: 'throttle', bytesPerSecond: 4 * MIB } as const
    stage.hub.admin.setFaults({
      rules: [
        { when: { host: 'cdn', count: 1 }, fault: isSlow },
        { when: { host: 'cdn' }, fault: others },
      ],
    })
    const file = stage.file('model.safetensors')
    await fetchLargeFile(stage.transfer({ stallMs: 20_000 }), file)
    expect(await sha256Of(file.partialPath)).toBe(file.etag)
    const [slow] = stage.hub.log.entries({ host: 'cdn' })
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(slow?.headers.range ?? '') ?? []
    expect(slow?.bytes).toBeLessThan(Number(last) - Number(first) + 1)
    expect(stage.reports.fetchedBytes).toBe(SIZE)
  })

  test('fetches wrong bytes of the right length once more, from a fresh address', async () => {
    await using stage = await stageTransfer(files)
    stage.hub.admin.setFaults({ rules: [{ when: { host: 'cdn', count: 1 }, fault: { kind: 'corrupt', at: 5000 } }] })
    const file = stage.file('model.safetensors')
    await fetchLargeFile(stage.transfer(), file)
    expect(await sha256Of(file.partialPath)).toBe(file.etag)
    expect(stage.reports.mismatches).toBe(1)
    expect(stage.hub.log.entries({ route: 'resolve' })).toHaveLength(2)
  })

  test('keeps nothing of bytes that are wrong twice, and says which file', async () => {
    await using stage = await stageTransfer(files)
    stage.hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: { kind: 'corrupt', at: 20 * MIB } }] })
    const file = stage.file('model.safetensors')
    await expect(fetchLargeFile(stage.transfer(), file)).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_INTEGRITY',
        message: expect.stringContaining('model.safetensors') as string,
      }) as Error,
    )
    await expect(access(file.partialPath)).rejects.toThrow('ENOENT')
    await expect(access(file.journalPath)).rejects.toThrow('ENOENT')
  })

  test('goes on where an aborted run stopped, and fetches again only what was not yet on disk', async () => {
    await using stage = await stageTransfer(files)
    const file = stage.file('model.safetensors')
    stage.hub.admin.setFaults({
      rules: [{ when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 4 * MIB } }],
    })
    const abort = new AbortController()
    const report = {
      ...file.report,
      fetched: (bytes: number) => {
        file.report.fetched(bytes)
        if (stage.reports.fetchedBytes > 8 * MIB) abort.abort()
      },
    }
    await expect(fetchLargeFile(stage.transfer({ signal: abort.signal }), { ...file, report })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }) as Error,
    )
    const before = stage.reports.fetchedBytes
    const journaled = readJournal(await readFile(file.journalPath, 'latin1'), file).ranges.sizeBytes
    expect(journaled).toBeGreaterThan(0)
    stage.hub.admin.setFaults({ rules: [] })
    await fetchLargeFile(stage.transfer(), file)
    expect(await sha256Of(file.partialPath)).toBe(file.etag)
    expect(stage.reports.resumedBytes).toBe(journaled)
    expect(stage.reports.fetchedBytes - before).toBe(SIZE - journaled)
    expect(before - journaled).toBeLessThanOrEqual(8 * MIB)
  })

  test('hashes again what is on disk: bytes that were changed meanwhile are found and replaced', async () => {
    await using stage = await stageTransfer(files)
    const file = stage.file('model.safetensors')
    await fetchLargeFile(stage.transfer(), file)
    const bytes = await readFile(file.partialPath)
    bytes[1000] = (bytes[1000] ?? 0) ^ 1
    await writeFile(file.partialPath, bytes)
    await fetchLargeFile(stage.transfer(), file)
    expect(await sha256Of(file.partialPath)).toBe(file.etag)
    expect(stage.reports.mismatches).toBe(1)
  })

  test('gives up when access is withdrawn in the middle, and keeps what came', async () => {
    await using stage = await stageTransfer(files)
    const file = stage.file('model.safetensors')
    stage.hub.admin.setFaults({
      rules: [
        { when: { host: 'cdn', nth: 3 }, fault: { kind: 'expired' } },
        { when: { route: 'resolve', nth: 2 }, fault: { kind: 'status', status: 403 } },
      ],
    })
    await expect(fetchLargeFile(stage.transfer(), file)).rejects.toThrow(coded('ERR_ACCESS_REFUSED'))
    await access(file.partialPath)
  })
})

describe('fetchSmallFile()', () => {
  test('fetches a file of the Hub itself in one question, with the token', async () => {
    await using stage = await stageTransfer(files)
    const file = stage.file('config.json')
    stage.hub.log.clear()
    await fetchSmallFile(stage.transfer(), file)
    expect(await readFile(file.partialPath, 'utf8')).toBe('{"a":1}')
    expect(stage.hub.log.entries().filter(({ route }) => route === 'resolve')).toHaveLength(1)
  })

  test('asks nothing for an empty file', async () => {
    await using stage = await stageTransfer(files)
    stage.hub.log.clear()
    await fetchSmallFile(stage.transfer(), stage.file('empty.txt'))
    expect(stage.hub.log.entries()).toEqual([])
  })

  test('writes nothing before it is verified', async () => {
    await using stage = await stageTransfer(files)
    stage.hub.admin.setFaults({ rules: [{ fault: { kind: 'corrupt' } }] })
    const file = stage.file('config.json')
    await expect(fetchSmallFile(stage.transfer(), file)).rejects.toThrow(coded('ERR_INTEGRITY'))
    await expect(access(file.partialPath)).rejects.toThrow('ENOENT')
  })
})

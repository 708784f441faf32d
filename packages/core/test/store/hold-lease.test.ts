import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { holdLease, tryHoldLease } from '../../src/store/hold-lease.ts'
import { openStore } from '../../src/store/store.ts'
import { describeLeaseContract } from './lease-contract.ts'

const newFolder = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'hubgate-lease-')), 'home')

describeLeaseContract('SQLite in memory', (now) => openStore({ folder: undefined, now }))
describeLeaseContract('SQLite in this thread', (now) => openStore({ folder: newFolder(), now, runsIn: 'here' }))
describeLeaseContract('SQLite in a worker', (now) => openStore({ folder: newFolder(), now }))

describe('holdLease()', () => {
  test('is held far beyond its time to live by renewing, and given back when disposed of', async () => {
    await using store = await openStore({ folder: newFolder() })
    {
      await using lease = await holdLease(store.leases, 'x', { ttlMs: 600 })
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect(lease.isHeld()).toBe(true)
      expect(await tryHoldLease(store.leases, 'x')).toBeUndefined()
    }
    await using next = await tryHoldLease(store.leases, 'x')
    expect(next?.isHeld()).toBe(true)
  })

  test('tells by its signal that another has taken over', async () => {
    await using store = await openStore({ folder: newFolder() })
    await using lease = await holdLease(store.leases, 'x', { ttlMs: 300 })
    // As another process does that came after we were suspended for too long.
    await store.leases.release({ name: 'x', holder: lease.holder })
    await store.leases.acquire({ name: 'x', holder: 'another', ttlMs: 60_000 })
    await new Promise((resolve) => lease.signal.addEventListener('abort', resolve))
    expect(lease.isHeld()).toBe(false)
    await lease[Symbol.asyncDispose]()
    expect(await store.leases.list('')).toMatchObject([{ holder: 'another' }])
  })

  test('does not claim to hold what it could not renew, however late its timers come', async () => {
    await using store = await openStore({ folder: newFolder() })
    await using lease = await holdLease(store.leases, 'x', { ttlMs: 50 })
    // A process that is stopped does not get to its timers either.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    expect(lease.isHeld()).toBe(false)
  })

  test('counts from when it got its turn, and takes nothing from who was served while it waited', async () => {
    const folder = newFolder()
    await using store = await openStore({ folder })
    const { leases } = store
    const ttlMs = 1000
    for (const name of ['x', 'y']) await leases.acquire({ name, holder: 'first', ttlMs })
    using database = new DatabaseSync(path.join(folder, 'state.db'))
    database.exec('BEGIN IMMEDIATE')
    const askedMs = Date.now()
    const waiting = ['x', 'y'].map((name) => leases.acquire({ name, holder: 'late', ttlMs }))
    await new Promise((resolve) => setTimeout(resolve, 2000))
    // As if another had taken it over a minute after the late one asked: it reaches further than any lease could by then.
    const untilMs = askedMs + 61_000 + ttlMs
    database.prepare(`UPDATE lease SET holder = 'other', until_ms = ? WHERE name = 'x'`).run(untilMs)
    database.exec('COMMIT')
    const servedMs = Date.now()
    const [taken, free] = await Promise.all(waiting)
    expect(taken).toMatchObject({ granted: false, holder: 'other' })
    expect(free).toMatchObject({ granted: true, holder: 'late' })
    expect(Date.parse(free?.leaseUntil ?? '')).toBeGreaterThanOrEqual(servedMs - 100 + ttlMs)
  })

  test('is lost for good once it was not surely held, also where the store would still renew it', async () => {
    await using store = await openStore({ folder: newFolder() })
    await using lease = await holdLease(store.leases, 'x', { ttlMs: 60 })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    expect(lease.isHeld()).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(lease.isHeld()).toBe(false)
    expect(lease.signal.aborted).toBe(true)
  })

  test('stops waiting when told to', async () => {
    await using store = await openStore({ folder: newFolder() })
    await using held = await holdLease(store.leases, 'x')
    expect(held.isHeld()).toBe(true)
    const waiting = holdLease(store.leases, 'x', { signal: AbortSignal.timeout(50) })
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: expect.stringMatching(/Abort|Timeout/) }))
  })

  test('another process waits, and takes over when the first is killed with -9', async () => {
    const folder = newFolder()
    using first = startHolder(folder)
    const firstHolder = await first.line(/^holds as (.*)$/m)
    using second = startHolder(folder)
    expect(await second.line(/^waits for (.*)$/m)).toBe(firstHolder)
    first[Symbol.dispose]()
    expect(await second.line(/^holds as (.*)$/m)).not.toBe(firstHolder)
  })

  test.runIf(process.platform === 'linux')('nobody waits for a process of this machine that is gone', async () => {
    const folder = newFolder()
    await using store = await openStore({ folder })
    using first = startHolder(folder, 3_600_000)
    await first.line(/^holds as (.*)$/m)
    expect(await tryHoldLease(store.leases, 'repo:x')).toBeUndefined()
    first[Symbol.dispose]()
    await first.gone
    await using lease = await tryHoldLease(store.leases, 'repo:x')
    expect(lease?.isHeld()).toBe(true)
  })

  test('waits for whoever holds it elsewhere: the same number may be any process there', async () => {
    await using store = await openStore({ folder: newFolder() })
    for (const elsewhere of ['[another-boot 4026531836] (abc)', '(abc)']) {
      const holder = `process 4194305 on ${hostname()} ${elsewhere}`
      await store.leases.acquire({ name: elsewhere, holder, ttlMs: 3_600_000 })
      expect(await tryHoldLease(store.leases, elsewhere)).toBeUndefined()
    }
  })

  test('of five processes that ask at once one holds it', async () => {
    const folder = newFolder()
    using started = new DisposableStack()
    const holders = Array.from({ length: 5 }, () => started.use(startHolder(folder, 60_000)))
    const lines = await Promise.all(holders.map((holder) => holder.line(/^(holds|waits)/m)))
    expect(lines.toSorted()).toEqual(['holds', 'waits', 'waits', 'waits', 'waits'])
  })
})

/** Killed with -9 when disposed of. */
interface Holder extends Disposable {
  /** Waits for a line, and gives its first group. */
  line(pattern: RegExp): Promise<string>
  readonly gone: Promise<void>
}

function startHolder(folder: string, ttlMs = 2000): Holder {
  const script = fileURLToPath(new URL('./hold-lease-process.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--conditions=@hubgate/source', '--no-warnings', script, folder, 'repo:x', String(ttlMs)],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  let output = ''
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
  return {
    gone,
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
    async line(pattern) {
      for (;;) {
        const found = pattern.exec(output)?.[1]
        if (found !== undefined) return found
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the process ended with ${child.exitCode}: ${output}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}

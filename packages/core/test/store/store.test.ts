import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { migrations } from '../../src/store/sqlite/migrations.ts'
import { openStore } from '../../src/store/store.ts'
import { accessAnswer, describeStoreContract, secondsLater, storedModel } from './contract.ts'

const hub = { endpoint: 'https://huggingface.co', account: 'alice' }
const newFolder = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'hubgate-store-')), 'home')
const coded = (code: string): Error => expect.objectContaining({ code }) as Error

describeStoreContract('SQLite in memory', (now) => openStore({ folder: undefined, now }))
describeStoreContract('SQLite in this thread', (now) => openStore({ folder: newFolder(), now, runsIn: 'here' }))
describeStoreContract('SQLite in a worker', (now) => openStore({ folder: newFolder(), now }))

describe('openStore()', () => {
  test('makes nothing before the first call', async () => {
    const folder = newFolder()
    await using store = await openStore({ folder })
    expect(store.notices).toEqual([])
    expect(existsSync(folder)).toBe(false)
  })

  test('touches nothing where it is warmed up, answers all the same, and keeps no process from ending', async () => {
    const [folder, unusable] = [newFolder(), newFolder()]
    {
      await using store = await openStore({ folder })
      store.warmUp()
    }
    expect(existsSync(folder)).toBe(false)
    await using store = await openStore({ folder })
    store.warmUp()
    await store.access.put([accessAnswer('a/b')])
    expect((await store.access.findMany(hub, ['a/b'])).size).toBe(1)
    writeFileSync(unusable, 'a file in its place')
    await using silent = await openStore({ folder: unusable })
    silent.warmUp()
    expect(silent.notices).toEqual([])
    const module = new URL('../../src/store/store.ts', import.meta.url).href
    const program = `const { openStore } = await import('${module}'); (await openStore({ folder: '${newFolder()}' })).warmUp()`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
  })

  test('remembers across openings, in files that are nobody else’s to read', async () => {
    const folder = newFolder()
    {
      await using store = await openStore({ folder })
      await store.access.put([accessAnswer('a/b')])
      for (const name of readdirSync(folder))
        expect([name, statSync(path.join(folder, name)).mode & 0o777]).toEqual([name, 0o600])
      expect(statSync(folder).mode & 0o777).toBe(0o700)
    }
    expect(readdirSync(folder)).toEqual(['state.db'])
    await using store = await openStore({ folder })
    expect((await store.access.findMany(hub, ['a/b'])).size).toBe(1)
    expect(store.notices).toEqual([])
  })

  test('answers calls in their order, and refuses them once closed', async () => {
    const store = await openStore({ folder: newFolder() })
    const answers = await Promise.all([
      store.access.put([accessAnswer('a/b')]),
      store.access.findMany(hub, ['a/b']),
      store.access.put([accessAnswer('a/c')]),
      store.access.findMany(hub, ['a/b', 'a/c']),
    ])
    expect([answers[1].size, answers[3].size]).toEqual([1, 2])
    await store[Symbol.asyncDispose]()
    await expect(store.access.findMany(hub, ['a/b'])).rejects.toThrow('closed')
  })

  test('goes on in memory where the folder cannot be written, and says so once', async () => {
    const folder = newFolder()
    writeFileSync(folder, 'a file in its place')
    await using store = await openStore({ folder })
    await store.access.put([accessAnswer('a/b')])
    expect((await store.access.findMany(hub, ['a/b'])).size).toBe(1)
    expect(store.notices).toEqual([expect.stringContaining('nothing of this run is remembered')])
    expect(readFileSync(folder, 'utf8')).toBe('a file in its place')
    await using strict = await openStore({ folder, inMemoryIfUnusable: false })
    await expect(strict.access.findMany(hub, ['a/b'])).rejects.toThrow(coded('ERR_STORE'))
  })

  test.skipIf(process.getuid?.() === 0)(
    'goes on in memory where the folder is closed to us (skipped for root, who may write anywhere)',
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-closed-'))
      chmodSync(folder, 0o500)
      await using store = await openStore({ folder })
      await store.access.put([accessAnswer('a/b')])
      expect(store.notices).toHaveLength(1)
    },
  )

  test('refuses the database of a newer Hubgate and leaves it as it is', async () => {
    const folder = newFolder()
    {
      await using store = await openStore({ folder, runsIn: 'here' })
      await store.access.put([accessAnswer('a/b')])
    }
    const file = path.join(folder, 'state.db')
    withDatabase(file, (database) => database.exec(`PRAGMA user_version = ${migrations.length + 1}`))
    const before = readFileSync(file)
    await using strict = await openStore({ folder, inMemoryIfUnusable: false })
    await expect(strict.access.findMany(hub, ['a/b'])).rejects.toThrow(coded('ERR_STORE_NEWER'))
    await using store = await openStore({ folder })
    expect(await store.access.findMany(hub, ['a/b'])).toEqual(new Map())
    await store.access.put([accessAnswer('a/c')])
    expect(store.notices).toEqual([expect.stringContaining('a newer Hubgate made it')])
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(folder).filter((name) => name.includes('version'))).toEqual([])
  })

  test.each([
    ['no database at all', (file: string) => writeFileSync(file, 'garbage '.repeat(1000))],
    [
      'a database whose pages were overwritten',
      (file: string) => {
        const bytes = readFileSync(file)
        bytes.fill(0x5a, 4096)
        writeFileSync(file, bytes)
      },
    ],
  ])('moves %s aside by name, begins anew, and says so', async (_, damage) => {
    const folder = newFolder()
    const file = path.join(folder, 'state.db')
    {
      await using store = await openStore({ folder })
      await store.access.put(Array.from({ length: 500 }, (_row, index) => accessAnswer(`a/m${index}`)))
    }
    damage(file)
    const damaged = readFileSync(file)
    await using store = await openStore({ folder })
    expect(await store.access.findMany(hub, ['a/m1'])).toEqual(new Map())
    await store.access.put([accessAnswer('a/new')])
    expect((await store.access.findMany(hub, ['a/new'])).size).toBe(1)
    expect(store.notices).toEqual([expect.stringContaining('was damaged')])
    const kept = readdirSync(folder).filter((name) => name.includes('damaged') && !/-(?:wal|shm)$/.test(name))
    expect(kept).toHaveLength(1)
    expect(readFileSync(path.join(folder, kept[0] ?? '')).equals(damaged)).toBe(true)
  })

  test('keeps a copy of what was there before it migrates', async () => {
    const folder = newFolder()
    {
      await using store = await openStore({ folder, runsIn: 'here' })
      await store.access.put([accessAnswer('a/b')])
    }
    const file = path.join(folder, 'state.db')
    // As version 1 left it.
    withDatabase(file, (database) => {
      for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all())
        if (!/^(?:access|whoami|sqlite_.*)$/.test(String(name))) database.exec(`DROP TABLE "${String(name)}"`)
      database.exec('PRAGMA user_version = 1')
    })
    await using store = await openStore({ folder, runsIn: 'here' })
    expect((await store.access.findMany(hub, ['a/b'])).size).toBe(1)
    const copy = path.join(folder, 'state.db.version-1')
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    withDatabase(copy, (database) => expect(database.prepare('SELECT count(*) AS n FROM access').get()?.['n']).toBe(1))
  })

  test('holds 50,000 models at the most: the oldest go first', async () => {
    await using store = await openStore({ folder: undefined })
    const models = Array.from({ length: 50_010 }, (_, index) =>
      storedModel(`a/m${index}`, { asOf: secondsLater(index) }),
    )
    await store.live.putModels(models.toReversed())
    const scope = { endpoint: hub.endpoint, accounts: [''] }
    const found = async (index: number): Promise<number> => (await store.live.findModel(scope, `a/m${index}`)).length
    expect(await Promise.all([found(0), found(9), found(10), found(50_009)])).toEqual([0, 0, 1, 1])
  })

  test('eight processes open a new folder at once and write, and nothing is lost', async () => {
    const folder = newFolder()
    const script = `
      const { openStore } = await import('@hubgate/core/store')
      const [folder, name] = process.argv.slice(1)
      const store = await openStore({ folder, inMemoryIfUnusable: false })
      for (let index = 0; index < 20; index += 1)
        await store.access.put([{ endpoint: '${hub.endpoint}', account: 'alice', modelId: name + '/m' + index, gated: 'auto', state: 'terms', checkedAt: new Date().toISOString() }])
      await store[Symbol.asyncDispose]()
      if (store.notices.length > 0) throw new Error(store.notices.join())`
    const ends = await Promise.all(Array.from({ length: 8 }, (_, index) => runScript(script, [folder, `p${index}`])))
    expect(ends).toEqual(ends.map(() => ({ code: 0, stderr: '' })))
    await using store = await openStore({ folder })
    const ids = ends.flatMap((_, process_) => Array.from({ length: 20 }, (_row, index) => `p${process_}/m${index}`))
    expect((await store.access.findMany(hub, ids)).size).toBe(160)
  })

  test('does not keep a process alive that has nothing else to do', async () => {
    const script = `
      const { openStore } = await import('@hubgate/core/store')
      const store = await openStore({ folder: process.argv[1] })
      await store.access.findMany({ endpoint: 'x', account: '' }, ['a/b'])`
    expect(await runScript(script, [newFolder()])).toEqual({ code: 0, stderr: '' })
  })
})

function withDatabase(file: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file)
  try {
    work(database)
  } finally {
    database.close()
  }
}

/** A process of its own that uses the built package, as those who installed it do. */
function runScript(script: string, args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...args], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stderr }))
  })
}

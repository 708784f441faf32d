import { mkdtempSync } from 'node:fs'
import { chmod, lstat, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { repoLeaseName } from '@hubgate/core/cache'
import { openStore } from '@hubgate/core/store'
import { expect, test } from 'vitest'
import { type ExampleRevision, etagFor, writeExample } from '../../core/test/cache/example-cache.ts'
import { type Run, runHubgate } from './run-hubgate.ts'

const one = '1'.repeat(40)
const two = '2'.repeat(40)
const revisions: readonly ExampleRevision[] = [
  { commitHash: one, refs: ['v1'], files: { 'config.json': '{}', 'old.safetensors': 'x'.repeat(5000) } },
  { commitHash: two, refs: ['main'], files: { 'config.json': '{}', 'new.safetensors': 'y'.repeat(7000) } },
]

interface Home {
  readonly hubCache: string
  readonly hubgateHome: string
  run(...args: string[]): Promise<Run>
}

function newHome(): Home {
  const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-cache-'))
  const hubCache = path.join(folder, 'hub')
  const hubgateHome = path.join(folder, 'state')
  return {
    hubCache,
    hubgateHome,
    run: (...args) => runHubgate(args, { HF_HUB_CACHE: hubCache, HUBGATE_HOME: hubgateHome }),
  }
}

async function homeWithModels(): Promise<Home> {
  const home = newHome()
  await writeExample({ hubCache: home.hubCache, repoId: 'acme/tiny-8b' }, ...revisions)
  await writeExample({ hubCache: home.hubCache, repoId: 'acme/data', repoType: 'dataset' }, revisions[0]!)
  return home
}

test('cache ls says that nothing is cached, and where it looked', async () => {
  const home = newHome()
  const { code, stdout, stderr } = await home.run('cache', 'ls')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toBe(`Nothing is cached in ${home.hubCache}.\n`)
})

test('cache ls shows repos, largest first, and one repo by its revisions', async () => {
  const home = await homeWithModels()
  const all = await home.run('cache', 'ls')
  expect(all.code).toBe(0)
  expect(all.stdout).toMatch(
    /^REPO +SIZE +USED +REVISIONS +REFS\nacme\/tiny-8b +11\.7 KiB +now +2 +main, v1\ndataset\/acme\/data +4\.9 KiB +now +1 +v1\n$/,
  )
  expect(all.stderr).toContain(`2 repos in ${home.hubCache}: 16.6 KiB`)
  const repo = await home.run('cache', 'ls', 'ACME/tiny-8b')
  expect(repo.stdout).toMatch(
    new RegExp(`^acme/tiny-8b .*\nCOMMIT .*\n${one} +4\\.9 KiB +2 +now +v1\n${two} +6\\.8 KiB +2 +now +main\n$`),
  )
})

test('cache ls --json gives sizes, files and leftovers to programs', async () => {
  const home = await homeWithModels()
  const blobs = path.join(home.hubCache, 'models--acme--tiny-8b', 'blobs')
  await writeFile(path.join(blobs, `${'e'.repeat(64)}.0a1b2c3d.incomplete`), 'begun')
  const { stdout } = await home.run('cache', 'ls', '--json', '--sort', 'name')
  const scan = JSON.parse(stdout) as {
    sizeBytes: number
    repos: { id: string; leftovers: unknown[]; revisions: { files: unknown[] }[] }[]
  }
  expect(scan).toMatchObject({ hubCache: home.hubCache, sizeBytes: 17_004, sharedStoreBytes: 0, strangers: [] })
  expect(scan.repos.map(({ id }) => id)).toEqual(['acme/tiny-8b', 'acme/data'])
  expect(scan.repos[0]?.leftovers).toMatchObject([{ kind: 'partial', tool: 'another tool', sizeBytes: 5 }])
  expect(scan.repos[0]?.revisions[0]?.files).toEqual([
    { path: 'config.json', sizeBytes: 2 },
    { path: 'old.safetensors', sizeBytes: 5000 },
  ])
})

test('cache ls of what is not there ends with 3 and says what is', async () => {
  const home = await homeWithModels()
  const { code, stderr } = await home.run('cache', 'ls', 'other/tiny-8b')
  expect(code).toBe(3)
  expect(stderr).toContain('error: Cannot find other/tiny-8b in ')
  expect(stderr).toContain('hint: there is acme/tiny-8b')
})

test('cache rm removes nothing away from a terminal unless told --yes, then just that revision', async () => {
  const home = await homeWithModels()
  const shown = await home.run('cache', 'rm', 'acme/tiny-8b@v1')
  expect(shown.code).toBe(0)
  expect(shown.stdout).toContain(`models--acme--tiny-8b/snapshots/${one}`)
  expect(shown.stderr).toContain('nothing was removed; --yes removes it and frees 4.9 KiB')
  expect((await home.run('cache', 'ls', 'acme/tiny-8b')).stdout).toContain(one)
  const removed = await home.run('cache', 'rm', 'acme/tiny-8b@v1', '--yes')
  expect(removed).toMatchObject({ code: 0, stderr: 'freed 4.9 KiB\n' })
  const after = (await home.run('cache', 'ls', 'acme/tiny-8b')).stdout
  expect(after).toContain(two)
  expect(after).not.toContain(one)
})

test('cache rm --json tells what it did; --yes with --dry-run is a mistake', async () => {
  const home = await homeWithModels()
  const { stdout } = await home.run('cache', 'rm', 'dataset/acme/data', '--json', '--yes')
  expect(JSON.parse(stdout)).toMatchObject({
    dryRun: false,
    freedBytes: 5002,
    removals: [{ kind: 'repo', repo: 'acme/data', repoType: 'dataset' }],
    inUse: [],
    failed: [],
  })
  expect((await readdir(home.hubCache)).toSorted()).toEqual(['CACHEDIR.TAG', 'models--acme--tiny-8b'])
  expect((await home.run('cache', 'rm', 'acme/tiny-8b', '--yes', '--dry-run')).code).toBe(2)
})

test('cache rm leaves a model alone that another Hubgate works on', async () => {
  const home = await homeWithModels()
  {
    await using store = await openStore({ folder: home.hubgateHome })
    const name = await repoLeaseName(path.join(home.hubCache, 'models--acme--tiny-8b'))
    await store.leases.acquire({ name, holder: `process 1 on ${hostname()}`, ttlMs: 600_000 })
  }
  const { code, stderr } = await home.run('cache', 'rm', 'acme/tiny-8b', 'dataset/acme/data', '--yes')
  expect(code).toBe(1)
  expect(stderr).toContain('note: left acme/tiny-8b alone: another Hubgate works on it')
  expect((await readdir(home.hubCache)).toSorted()).toEqual(['CACHEDIR.TAG', 'models--acme--tiny-8b'])
})

test('cache prune shows by default, removes with --yes, and then finds nothing', async () => {
  const home = await homeWithModels()
  const repo = path.join(home.hubCache, 'models--acme--tiny-8b')
  const python = path.join(repo, 'blobs', `${'e'.repeat(64)}.0a1b2c3d.incomplete`)
  const fresh = path.join(repo, 'blobs', `${'f'.repeat(64)}.0a1b2c3d.incomplete`)
  const ours = path.join(repo, 'blobs', `${'d'.repeat(64)}.hubgate.incomplete`)
  for (const file of [python, fresh, ours]) await writeFile(file, 'x'.repeat(2048))
  await utimes(python, new Date('2026-01-01'), new Date('2026-01-01'))
  const shown = await home.run('cache', 'prune')
  expect(shown.code).toBe(0)
  expect(shown.stdout).toContain('partial download of another tool')
  expect(shown.stderr).toContain(`note: kept ${fresh} of acme/tiny-8b (2.0 KiB): may be in use`)
  expect(shown.stderr).toContain('nothing was removed; --yes removes it and frees 4.0 KiB')
  expect(await home.run('cache', 'prune', '--yes')).toMatchObject({ code: 0 })
  expect((await readdir(path.join(repo, 'blobs'))).toSorted()).toEqual(
    [
      etagFor('config.json', '{}'),
      etagFor('old.safetensors', 'x'.repeat(5000)),
      etagFor('new.safetensors', 'y'.repeat(7000)),
      path.basename(fresh),
    ].toSorted(),
  )
  expect((await home.run('cache', 'prune')).stderr).toContain('There is nothing to remove.')
})

test('cache verify finds all whole, then names what is damaged and ends with 6, and removes it when told to', async () => {
  const home = await homeWithModels()
  const whole = await home.run('cache', 'verify')
  expect(whole).toMatchObject({ code: 0, stderr: '' })
  expect(whole.stdout).toBe('dataset/acme/data: 2 files whole, 4.9 KiB\nacme/tiny-8b: 3 files whole, 11.7 KiB\n')

  const blob = path.join(home.hubCache, 'models--acme--tiny-8b', 'blobs', etagFor('new.safetensors', 'y'.repeat(7000)))
  await writeFile(blob, `${'y'.repeat(6999)}z`)
  const damaged = await home.run('cache', 'verify', 'acme/tiny-8b')
  expect(damaged.code).toBe(6)
  expect(damaged.stdout).toContain(`  damaged: new.safetensors: expected ${path.basename(blob)}, got `)
  expect(damaged.stderr).toContain('hint: --remove-damaged')
  const json = JSON.parse((await home.run('cache', 'verify', 'acme/tiny-8b', '--json')).stdout) as object[]
  expect(json).toMatchObject([
    { id: 'acme/tiny-8b', verifiedFiles: 2, damaged: [{ usedBy: ['new.safetensors'] }], problems: [] },
  ])

  const removed = await home.run('cache', 'verify', 'acme/tiny-8b', '--remove-damaged')
  expect(removed).toMatchObject({ code: 6 })
  expect(removed.stderr).toBe('freed 6.8 KiB\n')
  expect(await home.run('cache', 'verify')).toMatchObject({ code: 0 })
})

test.skipIf(process.platform === 'win32')(
  'cache verify removes nothing that it only could not read, and cache ls goes on past it (skipped only on Windows)',
  async () => {
    const home = await homeWithModels()
    const repo = path.join(home.hubCache, 'models--acme--tiny-8b')
    const blob = path.join(repo, 'blobs', etagFor('new.safetensors', 'y'.repeat(7000)))
    for (const folder of [tmpdir(), path.dirname(home.hubCache), path.join(repo, 'blobs')])
      await chmod(folder, (await stat(folder)).mode | 0o7)
    await chmod(blob, 0)
    const asNobody = (...args: string[]): Promise<Run> =>
      runHubgate(args, { HF_HUB_CACHE: home.hubCache, HUBGATE_HOME: home.hubgateHome }, { asNobody: true })
    const verified = await asNobody('cache', 'verify', 'acme/tiny-8b', '--remove-damaged')
    expect(verified.code).toBe(1)
    expect(verified.stdout).toMatch(/^acme\/tiny-8b: 2 files whole, 4\.9 KiB\n {2}not read: .*EACCES/)
    expect((await lstat(blob)).size).toBe(7000)

    await chmod(path.join(repo, 'snapshots', one), 0)
    const list = await asNobody('cache', 'ls')
    expect(list.code).toBe(0)
    expect(list.stdout).toContain('dataset/acme/data')
    expect(list.stderr).toContain(`acme/tiny-8b is not whole: unreadable ${path.join(repo, 'snapshots', one)}`)
    expect((await asNobody('cache', 'prune', '--yes')).stderr).not.toContain('freed')
    await chmod(path.join(repo, 'snapshots', one), 0o755)
  },
)

test('cache ls prints no control character, whatever a folder is called', async () => {
  const home = newHome()
  await mkdir(path.join(home.hubCache, 'models--a\u001b]0;owned\u0007--b\u001b[31m', 'snapshots'), { recursive: true })
  await mkdir(path.join(home.hubCache, 'stranger\u001b[31m'))
  for (const words of [[], ['a\u001b]0;owned\u0007/b\u001b[31m']]) {
    const { code, stdout, stderr } = await home.run('cache', 'ls', ...words)
    expect(code).toBe(0)
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/)
  }
})

test('cache alone and cache --help say what there is', async () => {
  const home = newHome()
  const help = await home.run('cache', '--help')
  expect(help.code).toBe(0)
  for (const name of ['ls', 'verify', 'rm', 'prune']) expect(help.stdout).toContain(`  ${name}`)
  const alone = await home.run('cache')
  expect(alone.code).toBe(2)
  expect(alone.stderr).toContain('prune')
})

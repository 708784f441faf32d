import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type HubEmulator, type HubEmulatorOptions, startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { type Run, runHubgate, temporaryHome } from './run-hubgate.ts'

type Files = NonNullable<NonNullable<HubEmulatorOptions['models']>[number]['files']>

const MIB = 1024 * 1024
const good: Files = { 'config.json': '{}', 'model.safetensors': { size: 2 * MIB } }
const unknownHash = { announcedSha256: 'a'.repeat(64) }

interface Site extends AsyncDisposable {
  readonly hub: HubEmulator
  readonly home: string
  readonly repo: string
  get(...words: string[]): Promise<Run>
  /** All that lies anywhere near the cache, but what Hubgate may write: names, sizes and moments of change. */
  surroundings(): string[]
}

/** The cache lies deep, so that a name that leads up leads to what is looked at. */
async function openSite(files: Files, faults: HubEmulatorOptions['faults'] = []): Promise<Site> {
  const models = [{ id: 'acme/tiny', files: { ...good, ...files } }]
  const hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models, faults })
  const home = temporaryHome()
  const hubCache = path.join(home, 'a/b/c/hub')
  mkdirSync(hubCache, { recursive: true })
  writeFileSync(path.join(home, 'a/b/precious'), 'precious')
  return {
    hub,
    home,
    repo: path.join(hubCache, 'models--acme--tiny'),
    get: (...words) =>
      runHubgate(['get', 'acme/tiny', '--all', ...words], {
        HF_ENDPOINT: hub.endpoint,
        HF_HUB_CACHE: hubCache,
        HUBGATE_HOME: path.join(home, 'hubgate'),
      }),
    surroundings: () =>
      readdirSync(home, { recursive: true, encoding: 'utf8' })
        .filter((name) => !name.startsWith('hubgate') && !name.startsWith('a/b/c/hub'))
        .map((name) => `${name} ${lstatSync(path.join(home, name)).size} ${lstatSync(path.join(home, name)).mtimeMs}`),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

test.each<[string, Files]>([
  ['../../x', { '../../x': 'evil' }],
  ['/etc/x', { '/etc/x': 'evil' }],
  ['a\0b', { 'a\0b': 'evil' }],
  ['CON', { CON: 'evil' }],
  ['a.txt', { 'A.txt': 'one', 'a.txt': 'two' }],
])('hubgate get refuses a repo with %j by that name, and touches nothing', async (name, files) => {
  await using site = await openSite(files)
  const before = site.surroundings()
  const run = await site.get()
  expect(run).toMatchObject({ code: 6, stdout: '' })
  expect(run.stderr).toContain(`error: Cannot write a file called "${name.replace('\0', ' ')}": `)
  expect(run.stderr).toContain('hint: ')
  expect(site.surroundings()).toEqual(before)
  expect(existsSync(site.repo)).toBe(false)
  expect(existsSync('/etc/x')).toBe(false)
  expect(site.hub.log.entries({ host: 'cdn' })).toEqual([])
})

test('hubgate get takes a repo without the file that must not be written', async () => {
  await using site = await openSite({ CON: 'evil' })
  expect((await site.get('--exclude', 'CON')).code).toBe(0)
})

test.each([-1, Number.NaN, 1e300])('hubgate get takes no size of %d', async (announcedSize) => {
  await using site = await openSite({ 'odd.safetensors': { content: 'x', announcedSize } })
  expect(await site.get()).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') as string })
  expect(existsSync(site.repo)).toBe(false)
})

test('hubgate get takes of a file that never ends only what was announced', async () => {
  const endless = { when: { path: /^endless/ }, fault: { kind: 'endless' } } as const
  const files = { 'endless.safetensors': { size: 10 * MIB }, 'endless.txt': 'ten bytes!' }
  await using site = await openSite(files, [endless])
  const { code, stdout } = await site.get()
  expect(code).toBe(0)
  for (const [name, size] of Object.entries({ 'endless.safetensors': 10 * MIB, 'endless.txt': 10 }))
    expect(lstatSync(path.join(site.repo, 'blobs', path.basename(linkOf(stdout, name)))).size).toBe(size)
})

test('hubgate get keeps nothing of a file that never ends and is not what was announced', async () => {
  const endless = { when: { path: /^endless/ }, fault: { kind: 'endless' } } as const
  await using site = await openSite({ 'endless.safetensors': { size: 10, ...unknownHash } }, [endless])
  expect(await site.get()).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('endless') as string })
  const blobs = readdirSync(path.join(site.repo, 'blobs')).filter((name) => name.startsWith('a'.repeat(64)))
  expect(blobs).toEqual([])
})

test.each([
  ['small', 10, 20],
  ['large', 2 * MIB, 6 * MIB],
  ['large', 6 * MIB, 2 * MIB],
])('hubgate get ends with 6 at a %s file of %d bytes that was listed with %d', async (_, size, announcedSize) => {
  await using site = await openSite({ 'odd.safetensors': { size, announcedSize, ...unknownHash } })
  const run = await site.get()
  expect(run).toMatchObject({ code: 6, stdout: '' })
  expect(run.stderr).toContain(`odd.safetensors: it has ${size} bytes, not the ${announcedSize} that the Hub announced`)
  expect(readdirSync(path.join(site.repo, 'blobs'))).not.toContain('a'.repeat(64))
  expect(existsSync(path.join(site.repo, 'refs', 'main'))).toBe(false)
})

test.each([false, true])(
  'hubgate get ends with 6 at a large file that never ends, whose server knows no ranges: %s',
  async (knowsNone) => {
    const kinds = knowsNone ? (['endless', 'ignore-range'] as const) : (['endless'] as const)
    const faults = kinds.map((kind) => ({ when: { path: /^endless/ }, fault: { kind } }))
    await using site = await openSite({ 'endless.safetensors': { size: 6 * MIB, ...unknownHash } }, faults)
    const run = await site.get()
    expect(run).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('endless.safetensors') as string })
    expect(readdirSync(path.join(site.repo, 'blobs')).filter((name) => name.startsWith('a'.repeat(64)))).toEqual([])
    expect(existsSync(path.join(site.repo, 'refs', 'main'))).toBe(false)
  },
)

test('hubgate get writes through no link that lies in place of blobs, and says what to do', async () => {
  await using site = await openSite({})
  mkdirSync(site.repo)
  symlinkSync(path.join(site.home, 'a/b'), path.join(site.repo, 'blobs'))
  const before = site.surroundings()
  const run = await site.get()
  expect(run).toMatchObject({ code: 6, stdout: '' })
  expect(run.stderr).toMatch(/error: Cannot write below ".*blobs": a link lies .*\nhint: look what it is/)
  expect(site.surroundings()).toEqual(before)
})

test.each(['refs/main', 'snapshots'])(
  'hubgate get names what lies in place of %s before it fetches anything',
  async (name) => {
    await using site = await openSite({})
    const place = path.join(site.repo, name)
    mkdirSync(path.dirname(place), { recursive: true })
    if (name === 'snapshots') writeFileSync(place, '')
    else mkdirSync(place)
    const run = await site.get()
    expect(run).toMatchObject({ code: name === 'snapshots' ? 6 : 1, stdout: '' })
    expect(run.stderr).toContain(place)
    expect(run.stderr).toContain('move it away')
    expect(site.hub.log.entries({ host: 'cdn' })).toEqual([])
  },
)

function linkOf(stdout: string, name: string): string {
  return readlinkSync(path.join(stdout.trimEnd(), name))
}

import { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { type Run, runHubgate, temporaryHome } from './run-hubgate.ts'

const files = { 'config.json': '{}', 'model.safetensors': { size: 1_500_000 } }

interface Desk extends AsyncDisposable {
  readonly hub: HubEmulator
  readonly home: string
  readonly hubCache: string
  readonly get: (...words: string[]) => Promise<Run>
}

async function openDesk(): Promise<Desk> {
  const hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models: [{ id: 'acme/tiny', files }] })
  const home = temporaryHome()
  return {
    hub,
    home,
    hubCache: path.join(home, 'hf/hub'),
    get: (...words) =>
      runHubgate(['get', ...words], {
        HF_ENDPOINT: hub.endpoint,
        HF_HOME: path.join(home, 'hf'),
        HUBGATE_HOME: path.join(home, 'hubgate'),
      }),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

test('hubgate get --local-dir --offline says that it was here already, and prints the folder', async () => {
  await using desk = await openDesk()
  const folder = path.join(desk.home, 'mine')
  const words = ['acme/tiny', '--local-dir', folder]
  expect(await desk.get(...words)).toMatchObject({ code: 0, stdout: `${folder}\n` })
  desk.hub.log.clear()
  const again = { code: 0, stdout: `${folder}\n`, stderr: 'acme/tiny: 2 files, all here already\n' }
  expect(await desk.get(...words, '--offline')).toEqual(again)
  await desk.hub.admin.refuse({ host: 'hub' })
  const away = await desk.get(...words)
  expect(away).toMatchObject({ code: 0, stdout: again.stdout })
  expect(away.stderr).toContain('note: the Hub cannot be reached; this is what it said when it was last asked')
  expect(desk.hub.log.entries()).toEqual([])
  const unknown = await desk.get('acme/tiny@v2', '--local-dir', folder, '--offline')
  expect(unknown).toMatchObject({ code: 5, stdout: '' })
  expect(unknown.stderr).toContain('its revision "v2" is not known here')
})

test('hubgate get --offline finds a renamed model by either name, and one in other letters, and says so', async () => {
  await using desk = await openDesk()
  const { hub, get } = desk
  const got = await get('acme/tiny')
  expect(await get('ACME/Tiny', '--offline')).toEqual({
    code: 0,
    stdout: got.stdout,
    stderr: 'note: it lies in the cache as acme/tiny\nACME/Tiny: 2 files, all here already\n',
  })
  hub.admin.rename({ model: 'acme/tiny', to: 'acme/renamed' })
  await get('acme/tiny')
  hub.log.clear()
  const [former, present] = [await get('acme/tiny', '--offline'), await get('acme/renamed', '--offline')]
  expect(former).toMatchObject({ code: 0, stdout: got.stdout })
  expect(former.stderr).toContain('note: acme/tiny is now acme/renamed')
  expect(present).toMatchObject({ code: 0, stdout: got.stdout })
  expect(present.stderr).toContain('note: it lies in the cache as acme/tiny')
  const other = await get('other/tiny', '--offline')
  expect(other).toMatchObject({ code: 5, stdout: '' })
  expect(other.stderr).toContain('hint: did you mean acme/tiny?')
  expect(hub.log.entries()).toEqual([])
})

test('hubgate get asks the Hub before it calls bytes wrong that a damaged listing of another tool announced', async () => {
  await using desk = await openDesk()
  const { hub, get, hubCache } = desk
  const [commit = ''] = hub.admin.commits({ model: 'acme/tiny' })
  const trees = path.join(hubCache, 'models--acme--tiny/trees')
  mkdirSync(trees, { recursive: true })
  const wrong = { size: 2, blob_id: 'f'.repeat(40) }
  const listing = { format_version: 1, files: { 'config.json': wrong, 'model.safetensors': wrong } }
  writeFileSync(path.join(trees, `${commit}.json`), JSON.stringify(listing))
  const run = await get('acme/tiny')
  expect(run).toMatchObject({ code: 0 })
  expect(hub.log.entries({ route: 'tree' })).toHaveLength(1)
})

test('hubgate get --offline says of a folder that `hf` filled what nobody can know', async () => {
  await using desk = await openDesk()
  const folder = path.join(desk.home, 'mine')
  await desk.get('acme/tiny', '--local-dir', folder)
  rmSync(path.join(desk.home, 'hubgate'), { recursive: true })
  renameSync(folder, `${folder}, moved`)
  const run = await desk.get('acme/tiny', '--local-dir', `${folder}, moved`, '--offline')
  expect(run).toMatchObject({ code: 0, stdout: `${folder}, moved\n` })
  expect(run.stderr).toContain('note: offline, nobody can say whether this is acme/tiny@main, and all of it')
})

test.runIf(process.getuid?.() === 0)(
  'hubgate get does without a home that may not be read, online and offline',
  async () => {
    await using hub = await startHubEmulator({
      wellKnown: false,
      syntheticModels: 0,
      models: [{ id: 'acme/tiny', files }],
    })
    const home = temporaryHome()
    // The folder that all tests share, too: nobody may come by.
    for (const passed of [path.dirname(home), home]) chmodSync(passed, statSync(passed).mode | 0o7)
    mkdirSync(path.join(home, 'shut'), { mode: 0o700 })
    const environment = {
      HF_ENDPOINT: hub.endpoint,
      HF_HOME: path.join(home, 'hf'),
      HUBGATE_HOME: path.join(home, 'shut'),
    }
    const folder = path.join(home, 'mine')
    for (const place of [[], ['--local-dir', folder]])
      for (const mode of [[], ['--offline']]) {
        const words = ['get', 'acme/tiny', ...place, ...mode]
        const run = await runHubgate(words, environment, { asNobody: true })
        expect([words, run.code, run.stderr]).toEqual([words, 0, expect.not.stringContaining('error:')])
        expect(run.stderr).toContain('note: ')
      }
  },
)

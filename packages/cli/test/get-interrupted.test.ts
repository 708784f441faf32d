import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { repoLeaseName } from '@hubgate/core/cache'
import { holdLease, openStore } from '@hubgate/core/store'
import { type FaultRule, type HubEmulator, type HubEmulatorOptions, startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { type Run, type RunOptions, runHubgate, temporaryHome } from './run-hubgate.ts'

const files = { 'config.json': '{}', 'model.safetensors': { size: 2_000_000 } }
const GIB = 1024 ** 3

interface Desk extends AsyncDisposable {
  readonly hub: HubEmulator
  readonly hubgateHome: string
  readonly repo: string
  readonly get: (words: readonly string[], options?: RunOptions) => Promise<Run>
}

async function openDesk(options: HubEmulatorOptions = {}): Promise<Desk> {
  const models = [{ id: 'acme/tiny', files }]
  const hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models, ...options })
  const home = temporaryHome()
  const hubgateHome = path.join(home, 'hubgate')
  const environment = { HF_ENDPOINT: hub.endpoint, HF_HOME: path.join(home, 'hf'), HUBGATE_HOME: hubgateHome }
  return {
    hub,
    hubgateHome,
    repo: path.join(home, 'hf/hub/models--acme--tiny'),
    get: (words, how = {}) => runHubgate(['get', 'acme/tiny', ...words], environment, how),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

function says(text: string): (stderr: string, stdout: string) => boolean {
  return (stderr, stdout) => `${stderr}${stdout}`.includes(text)
}

function expectStopped(run: Run): void {
  expect(run).toMatchObject({ code: 130, stdout: '' })
  expect(run.stderr).not.toContain('error:')
  expect(run.stderr).toMatch(/stopped: the same command goes on from here\n$/)
}

test('Ctrl-C ends a get that waits for another process, and takes nothing from that one', async () => {
  await using desk = await openDesk()
  {
    await using store = await openStore({ folder: desk.hubgateHome })
    await using lease = await holdLease(store.leases, await repoLeaseName(desk.repo))
    expectStopped(await desk.get([], { signalWhen: says('another hubgate fetches this model') }))
    expect(lease.isHeld()).toBe(true)
    expect(existsSync(desk.repo)).toBe(false)
  }
  expect((await desk.get([])).code).toBe(0)
})

test.each<[string, FaultRule['when']]>([
  ['before it knows the commit', { route: 'model-details' }],
  ['for the list of files', { route: 'tree' }],
  ['for the bytes', { host: 'cdn' }],
])('Ctrl-C ends a get that the Hub asked to wait for minutes, %s', async (_, when) => {
  const limited = { kind: 'status', status: 429, retryAfter: 250 } as const
  await using desk = await openDesk({ faults: [{ ...(when && { when }), fault: limited }] })
  expectStopped(await desk.get([], { signalWhen: says('asks to slow down') }))
  desk.hub.admin.setFaults({ rules: [] })
  expect((await desk.get([])).code).toBe(0)
})

test('a second Ctrl-C right after the first ends it with the same code', async () => {
  const hang = { when: { host: 'cdn' }, fault: { kind: 'hang-body', afterBytes: 100_000 } } as const
  await using desk = await openDesk({ faults: [hang] })
  const isFetching = (): boolean => desk.hub.log.entries({ host: 'cdn' }).some(({ bytes }) => bytes > 0)
  const run = await desk.get([], { signalWhen: isFetching, signalTimes: 2 })
  expect(run).toMatchObject({ code: 130, stdout: '' })
  desk.hub.admin.setFaults({ rules: [] })
  expect((await desk.get([])).code).toBe(0)
})

// Its bytes are not what the Hub announces: whoever waited until they were read would see them fetched again.
test('Ctrl-C ends a get that verifies what an earlier run left of a large file, and leaves it as it was', async () => {
  const [etag, sizeBytes] = ['a'.repeat(64), 16 * GIB]
  const large = { content: 'x', announcedSize: sizeBytes, announcedSha256: etag }
  await using desk = await openDesk({ models: [{ id: 'acme/tiny', files: { 'model.safetensors': large } }] })
  const blob = path.join(desk.repo, 'blobs', etag)
  const [data, journal] = [`${blob}.hubgate.incomplete`, `${blob}.hubgate.journal.incomplete`]
  mkdirSync(path.dirname(blob), { recursive: true })
  mkdirSync(path.join(desk.repo, 'snapshots'))
  writeFileSync(data, '')
  truncateSync(data, sizeBytes)
  const lines = [`hubgate-journal-1 ${etag} ${sizeBytes}`, `0 ${sizeBytes}`]
  const claimed = lines.map((line) => `${line} ${crc32(line).toString(16).padStart(8, '0')}\n`).join('')
  writeFileSync(journal, claimed)
  const run = await desk.get(['--json'], { signalWhen: says('"verifying"') })
  expect(run.code).toBe(130)
  expect(run.stdout).toContain(`"fetchBytes":0`)
  expect(run.stdout).not.toContain('"retry"')
  expect(readFileSync(journal, 'utf8')).toBe(claimed)
  expect(desk.hub.log.entries({ host: 'cdn' })).toEqual([])
})

import { stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { type Run, type RunOptions, runHubgate, temporaryHome } from './run-hubgate.ts'

const MIB = 1024 * 1024
const files = { 'config.json': '{}', 'model.safetensors': { size: 8 * MIB } }

interface Desk extends AsyncDisposable {
  readonly hub: HubEmulator
  readonly run: (words: readonly string[], options?: RunOptions) => Promise<Run>
}

async function openDesk(): Promise<Desk> {
  const models = [
    { id: 'acme/tiny', files },
    { id: 'acme/gated', gated: 'manual', files },
  ] as const
  const hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models })
  const home = temporaryHome()
  const environment = {
    HF_ENDPOINT: hub.endpoint,
    HF_TOKEN: 'hf_test_ada_read',
    HF_HOME: path.join(home, 'hf'),
    HUBGATE_HOME: path.join(home, 'hubgate'),
  }
  return {
    hub,
    run: (words, options = {}) => runHubgate(words, environment, options),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

const isWaiting = (stderr: string): boolean => stderr.includes('the gate is shut')

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20)
}

test('cache prune and cache rm leave a model alone while another process gets it, and not after', async () => {
  await using desk = await openDesk()
  const { hub, run } = desk
  expect((await run(['get', 'acme/tiny'])).code).toBe(0)
  hub.admin.commit({ model: 'acme/tiny', files: { 'model.safetensors': { size: 8 * MIB, seed: 'new' } } })
  hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: { kind: 'hang-body', afterBytes: 100_000 } }] })
  hub.log.clear()
  const getting = run(['get', 'acme/tiny'])
  await until(() => hub.log.entries({ host: 'cdn' }).some(({ bytes }) => bytes > 0))

  for (const words of [['prune'], ['rm', 'acme/tiny']]) {
    const removing = await run(['cache', ...words, '--yes'])
    expect(removing).toMatchObject({ code: 1, stderr: expect.stringContaining('left acme/tiny alone') as string })
  }
  hub.admin.setFaults({ rules: [] })
  // What has gone silent is torn down, so that it need not be waited for.
  await hub.admin.refuse({ host: 'cdn' })
  await hub.admin.accept({ host: 'cdn' })
  const got = await getting
  expect(got.code).toBe(0)
  expect((await stat(path.join(got.stdout.trimEnd(), 'model.safetensors'))).size).toBe(8 * MIB)

  expect(await run(['cache', 'prune', '--yes'])).toMatchObject({ code: 0 })
  expect(await run(['cache', 'rm', 'acme/tiny', '--yes'])).toMatchObject({ code: 0 })
  expect((await run(['cache', 'ls'])).stderr).toContain('Nothing is cached')
})

test('get --when-granted, killed while it waits, goes on waiting when started again, and gets it once it may', async () => {
  await using desk = await openDesk()
  const { hub, run } = desk
  const words = ['get', 'acme/gated', '--when-granted']
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    const stopped = await run(words, { signalWhen: isWaiting, signal })
    expect(stopped).toMatchObject({ code: signal === 'SIGINT' ? 130 : null, stdout: '' })
    hub.admin.pend({ model: 'acme/gated', user: 'ada' })
  }
  expect(hub.log.entries().filter(({ url }) => url.includes('/resolve'))).toEqual([])
  hub.admin.approve({ model: 'acme/gated', user: 'ada' })
  const got = await run(words)
  expect(got.code).toBe(0)
  expect((await stat(path.join(got.stdout.trimEnd(), 'model.safetensors'))).size).toBe(8 * MIB)
})

test('watch list, killed while it looks, forgets neither the list nor what is news', async () => {
  await using desk = await openDesk()
  const { hub, run } = desk
  await run(['watch', 'add', 'acme/gated'])
  hub.admin.approve({ model: 'acme/gated', user: 'ada' })
  hub.admin.setFaults({ rules: [{ fault: { kind: 'hang' } }] })
  hub.log.clear()
  const isAsked = (): boolean => hub.log.entries().length > 0
  expect((await run(['watch', 'list'], { signalWhen: isAsked, signal: 'SIGKILL' })).code).toBe(null)
  hub.admin.setFaults({ rules: [] })
  expect((await run(['watch', 'list'])).stderr).toContain('changed: acme/gated was approval, is granted')
})

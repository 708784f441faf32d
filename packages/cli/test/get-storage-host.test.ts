import path from 'node:path'
import { type Fault, type HubEmulator, startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { type Run, runHubgate, temporaryHome } from './run-hubgate.ts'

const models = [
  { id: 'acme/large', files: { 'config.json': '{}', 'model.safetensors': { size: 3_000_000 } } },
  // Behind the Hub's own address, which leads on to where the bytes are.
  { id: 'acme/small', files: { 'config.json': '{}', 'model.safetensors': { size: 3000 } } },
]

function get(hub: HubEmulator, model: string): Promise<Run> {
  const home = temporaryHome()
  return runHubgate(['get', model], {
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: path.join(home, 'hf'),
    HUBGATE_HOME: path.join(home, 'hubgate'),
  })
}

test.each(['acme/large', 'acme/small'])(
  'hubgate get %s names the host that keeps the files where only that cannot be reached, and waits for it not',
  async (model) => {
    await using hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models })
    const { host } = new URL(hub.cdn)
    await hub.admin.refuse({ host: 'cdn' })
    const run = await get(hub, model)
    expect(run).toMatchObject({ code: 5, stdout: '' })
    expect(run.stderr).toContain(
      `error: Cannot reach ${host}, where the Hub keeps its files: the connection was refused\n` +
        `hint: the Hub itself answers: where this stays, let your proxy or firewall allow ${host} too\n`,
    )
    expect(run.stderr).not.toContain('the network is away')
  },
)

test('hubgate get names it, too, where a firewall answers in its place', async () => {
  const fault: Fault = { kind: 'status', status: 403, message: 'blocked' }
  await using hub = await startHubEmulator({
    wellKnown: false,
    syntheticModels: 0,
    models,
    faults: [{ when: { host: 'cdn' }, fault }],
  })
  const { host } = new URL(hub.cdn)
  const run = await get(hub, 'acme/large')
  expect(run).toMatchObject({ code: 1, stdout: '' })
  expect(run.stderr).toContain(`error: Cannot get model.safetensors: ${host} answered 403`)
  expect(run.stderr).toContain(`let your proxy or firewall allow ${host} too`)
})

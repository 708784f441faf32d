import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { gateCells, gated, gateModels, of } from './gate-cells.ts'
import { runHubgate, temporaryHome } from './run-hubgate.ts'

const setup = { wellKnown: false, syntheticModels: 0, models: gateModels } as const

describe('hubgate access', () => {
  test.each(gateCells)(
    'says $state ($code) for $model with $token',
    async ({ state, code, model = gated, token, says, link, prepare }) => {
      await using hub = await startHubEmulator(setup)
      prepare?.(hub)
      const run = await runHubgate(['access', model, '--json'], environment(hub, token))
      const answer = JSON.parse(run.stdout) as { state: string; hubMessage: string | null; nextStep: { url: string } }
      expect(answer.state).toBe(state)
      expect(run.code).toBe(code)
      expect(answer.hubMessage ?? '').toContain(says ?? '')
      expect(answer.nextStep.url).toMatch(/^http/)
      expect(answer.nextStep.url).toContain(link ?? model)
      expect(run.stdout + run.stderr).not.toContain(token ?? 'hf_test')
    },
  )

  test('says unknown and ends with 5 where nobody answers, and with 1 where nothing can be made of the answer', async () => {
    await using hub = await startHubEmulator({
      ...setup,
      faults: [{ when: { model: gated }, fault: { kind: 'html' } }],
    })
    const odd = await runHubgate(['access', gated, 'acme/open', '--json'], environment(hub))
    expect((JSON.parse(odd.stdout) as { state: string }[]).map(({ state }) => state)).toEqual(['unknown', 'public'])
    expect(odd.code).toBe(1)
    const nobody = await runHubgate(['access', gated, '--json'], { HF_ENDPOINT: 'http://127.0.0.1:1' })
    expect(nobody.code).toBe(5)
    const offline = await runHubgate(['access', gated, '--offline', '--json'], environment(hub))
    expect(JSON.parse(offline.stdout)).toMatchObject({
      state: 'unknown',
      checkedAt: null,
      failure: { code: 'ERR_OFFLINE' },
    })
    expect(offline.code).toBe(5)
  })

  test('shows a page for one, a table for many, and follows renames', async () => {
    await using hub = await startHubEmulator(setup)
    const one = await runHubgate(['access', `${hub.endpoint}/acme/old-name`], environment(hub, 'hf_test_ada_read'))
    expect(one.stdout).toContain('acme/gated  approval   formerly acme/old-name')
    expect(one.stdout).toContain(`${hub.endpoint}/acme/gated`)
    const many = await runHubgate(['access', gated, 'acme/open', 'acme/nothing'], environment(hub, 'hf_test_ada_read'))
    expect(many.stdout.split('\n').map((line) => line.split(/\s+/).slice(0, 2).join(' '))).toEqual([
      'MODEL ACCESS',
      'acme/gated ask',
      'acme/open open',
      'acme/nothing ?',
      '',
    ])
    expect(many.code).toBe(3)
  })

  test('reads ids from a pipe, past comments, and lets a pipeline allow a state', async () => {
    await using hub = await startHubEmulator(setup)
    const input = '# what we need\nacme/open, acme/auto  # terms\n'
    const refused = await runHubgate(['access', '--json'], environment(hub), { input })
    expect(refused.code).toBe(4)
    const allowed = await runHubgate(['access', '--json', '--allow', 'sign-in'], environment(hub), { input })
    expect((JSON.parse(allowed.stdout) as unknown[]).length).toBe(2)
    expect(allowed.code).toBe(0)
  })

  test('tells what changed since the last check', async () => {
    await using hub = await startHubEmulator(setup)
    const home = { ...environment(hub, 'hf_test_ada_read'), HUBGATE_HOME: temporaryHome() }
    await runHubgate(['access', gated], home)
    hub.admin.approve(of)
    const later = await runHubgate(['access', gated, '--json'], home)
    expect(JSON.parse(later.stdout)).toMatchObject({ state: 'granted', previous: { state: 'approval' } })
    expect(hub.log.entries({ route: 'whoami' })).toHaveLength(1)
  })

  test.each([
    [['access', 'no id at all!'], 'Cannot read'],
    [['access', gated, '--allow', 'everything'], 'Allowed choices'],
    [['access'], 'held no model id'],
  ])('%j is a wrong call: 2', async (args, message) => {
    const run = await runHubgate(args, {}, { input: '' })
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(message)
  })

  test('--watch ends once the answer changes', async () => {
    await using hub = await startHubEmulator(setup)
    const running = runHubgate(['access', gated, '--watch'], environment(hub, 'hf_test_ada_read'))
    while (hub.log.entries({ route: 'auth-check' }).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50))
    hub.admin.approve(of)
    const run = await running
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/approval[\s\S]*granted/)
  })
})

function environment(hub: HubEmulator, token?: string): Record<string, string> {
  return { HF_ENDPOINT: hub.endpoint, ...(token === undefined ? {} : { HF_TOKEN: token }) }
}

import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { runHubgate, temporaryHome } from './run-hubgate.ts'

const gated = 'acme/gated'
const user = { model: gated, user: 'ada' }
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    { id: gated, gated: 'manual', formerIds: ['acme/old-name'] },
    { id: 'acme/auto', gated: 'auto' },
    { id: 'acme/open' },
    { id: 'acme/off', disabled: true },
    { id: 'acme/private', private: true },
  ],
} as const

interface Cell {
  readonly state: string
  readonly code: number
  readonly model?: string
  readonly token?: string
  readonly says?: string
  readonly prepare?: (hub: HubEmulator) => void
}

/** hub-protocol 4.2, each cell: state, exit code and a piece of the Hub's own sentence. */
const cells: readonly Cell[] = [
  { state: 'public', code: 0, model: 'acme/open' },
  { state: 'public', code: 0, model: 'acme/open', token: 'hf_test_ada_fine' },
  { state: 'sign-in', code: 4, says: 'Please log in' },
  { state: 'approval', code: 4, token: 'hf_test_ada_read', says: 'not in the authorized list' },
  { state: 'terms', code: 4, model: 'acme/auto', token: 'hf_test_ada_read', says: 'not in the authorized list' },
  {
    state: 'pending',
    code: 4,
    token: 'hf_test_ada_read',
    says: 'awaiting a review',
    prepare: ({ admin }) => admin.pend(user),
  },
  {
    state: 'rejected',
    code: 4,
    token: 'hf_test_ada_read',
    says: 'has been rejected',
    prepare: ({ admin }) => admin.reject(user),
  },
  {
    state: 'reset',
    code: 4,
    token: 'hf_test_ada_read',
    says: 'has been reset',
    prepare: ({ admin }) => admin.reset(user),
  },
  { state: 'granted', code: 0, token: 'hf_test_ada_read', prepare: ({ admin }) => admin.approve(user) },
  { state: 'granted', code: 0, token: 'hf_test_ada_fine_gated', prepare: ({ admin }) => admin.approve(user) },
  { state: 'granted', code: 0, token: 'hf_test_olga_write' },
  { state: 'granted', code: 0, model: 'acme/private', token: 'hf_test_olga_write' },
  {
    state: 'token-scope',
    code: 4,
    token: 'hf_test_ada_fine',
    says: 'public gated repositories',
    prepare: ({ admin }) => admin.approve(user),
  },
  { state: 'token-invalid', code: 4, token: 'hf_test_unknown', says: 'Invalid credentials' },
  { state: 'token-invalid', code: 4, model: 'acme/open', token: 'hf_test_unknown', says: 'Invalid credentials' },
  { state: 'hidden', code: 3, model: 'acme/nothing', says: 'Invalid username or password' },
  { state: 'hidden', code: 3, model: 'acme/nothing', token: 'hf_test_ada_read', says: 'Repository not found' },
  { state: 'hidden', code: 3, model: 'acme/private', token: 'hf_test_ada_read', says: 'Repository not found' },
  { state: 'hidden', code: 3, model: 'acme/off' },
  { state: 'disabled', code: 4, model: 'acme/off', token: 'hf_test_ada_read', says: 'is disabled' },
]

describe('hubgate access', () => {
  test.each(cells)(
    'says $state ($code) for $model with $token',
    async ({ state, code, model = gated, token, says, prepare }) => {
      await using hub = await startHubEmulator(setup)
      prepare?.(hub)
      const run = await runHubgate(['access', model, '--json'], environment(hub, token))
      const answer = JSON.parse(run.stdout) as { state: string; hubMessage: string | null; nextStep: { url: string } }
      expect(answer.state).toBe(state)
      expect(run.code).toBe(code)
      expect(answer.hubMessage ?? '').toContain(says ?? '')
      expect(answer.nextStep.url).toMatch(/^http/)
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
    hub.admin.approve(user)
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
    hub.admin.approve(user)
    const run = await running
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/approval[\s\S]*granted/)
  })
})

function environment(hub: HubEmulator, token?: string): Record<string, string> {
  return { HF_ENDPOINT: hub.endpoint, ...(token === undefined ? {} : { HF_TOKEN: token }) }
}

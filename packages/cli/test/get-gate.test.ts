import { readdirSync } from 'node:fs'
import path from 'node:path'
import { accessBadge, accessStates, isOpen } from '@hubgate/core/access'
import { type FaultRule, type HubEmulator, startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { gateCells, gated, gateModels } from './gate-cells.ts'
import { type Run, runHubgate, temporaryHome } from './run-hubgate.ts'

const files = { 'README.md': '# Hi', 'config.json': '{}', 'model.safetensors': { size: 9_000_000 } }
const refusing = gateCells.filter(({ code }) => code !== 0)

interface Refusal {
  readonly run: Run
  readonly hub: HubEmulator
  readonly home: string
}

async function getRefused(model: string, token: string | undefined, hub: HubEmulator): Promise<Refusal> {
  const home = temporaryHome()
  const run = await runHubgate(['get', model], {
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: path.join(home, 'hf'),
    HUBGATE_HOME: path.join(home, 'hubgate'),
    ...(token === undefined ? {} : { HF_TOKEN: token }),
  })
  return { run, hub, home }
}

/** Nothing for standard output, nothing of a file asked for, nothing in the cache, nothing of the token told. */
function expectNothingFetched({ run, hub, home }: Refusal, token: string | undefined): void {
  expect(run.stdout).toBe('')
  expect([...hub.log.entries({ route: 'resolve' }), ...hub.log.entries({ host: 'cdn' })]).toEqual([])
  expect(hub.log.entries().filter(({ url }) => url.includes('/resolve'))).toEqual([])
  expect(readdirSync(home)).not.toContain('hf')
  expect(run.stderr).not.toContain(token ?? 'hf_test')
}

test('the gate matrix holds every state in which the files are not to be had', () => {
  const shut = accessStates.filter((state) => !isOpen(state) && state !== 'unknown')
  expect(new Set(refusing.map(({ state }) => state))).toEqual(new Set(shut))
})

test.each(refusing)(
  'hubgate get, refused for $state ($code) at $model with $token: its own sentence and link, and not one byte',
  async ({ state, code, model = gated, token, says = '', link = '', prepare }) => {
    await using hub = await startHubEmulator({
      wellKnown: false,
      syntheticModels: 0,
      models: gateModels.map((each) => ({ ...each, files })),
    })
    prepare?.(hub)
    const refusal = await getRefused(model, token, hub)
    expect(refusal.run.code).toBe(code)
    const [error = '', hint = '', ...rest] = refusal.run.stderr.trimEnd().split('\n')
    expect(error).toContain(accessBadge(accessStates.find((each) => each === state) ?? 'unknown').sentence)
    if (state !== 'hidden') expect(error).toContain(says)
    expect(hint).toMatch(/^hint: .*http:\S+$/)
    expect(hint).toContain(link)
    expect(rest).toEqual([])
    expectNothingFetched(refusal, token)
  },
)

test.each<[string, number, FaultRule, string]>([
  ['the Hub answers with a page', 1, { when: { model: gated }, fault: { kind: 'html' } }, 'error: Cannot read'],
  [
    'the gate answers in words nobody knows',
    4,
    { when: { route: 'auth-check' }, fault: { kind: 'status', status: 418, message: 'no' } },
    'Nobody has said yet.',
  ],
])('hubgate get, where %s, fetches nothing and ends with %i', async (_, code, fault, says) => {
  await using hub = await startHubEmulator({
    wellKnown: false,
    syntheticModels: 0,
    models: [{ id: gated, gated: 'manual', files }],
    faults: [fault],
  })
  const refusal = await getRefused(gated, 'hf_test_ada_read', hub)
  expect(refusal.run).toMatchObject({ code, stderr: expect.stringContaining(says) as string })
  expectNothingFetched(refusal, 'hf_test_ada_read')
})

test('hubgate get, where nobody answers, ends with 5', async () => {
  const { code, stdout, stderr } = await runHubgate(['get', gated], { HF_ENDPOINT: 'http://127.0.0.1:1' })
  expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
  expect(stderr).toMatch(/^error: Cannot reach .*\nhint: `hubgate doctor`/)
})

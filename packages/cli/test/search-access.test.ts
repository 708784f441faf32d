import { startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { runHubgate, temporaryHome } from './run-hubgate.ts'

const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [{ id: 'acme/zz-open' }, { id: 'acme/zz-auto', gated: 'auto' }, { id: 'acme/zz-manual', gated: 'manual' }],
} as const

/** Id and access of each row of a table. */
function rows(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => {
    const [id, , access] = line.split(/\s+/)
    return id?.startsWith('acme/') ? [`${id} ${access}`] : []
  })
}

describe('hubgate search', () => {
  test('shows access that is known, and asks for none of the rows', async () => {
    await using hub = await startHubEmulator(setup)
    const environment = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_test_ada_read', HUBGATE_HOME: temporaryHome() }
    const first = await runHubgate(['search', 'zz'], environment)
    expect(rows(first.stdout).toSorted()).toEqual(['acme/zz-auto ?', 'acme/zz-manual ?', 'acme/zz-open open'])
    expect(hub.log.entries().map(({ route }) => route)).toEqual(['list-models'])

    await runHubgate(['access', 'acme/zz-manual'], environment)
    hub.log.clear()
    const later = await runHubgate(['search', 'zz'], environment)
    expect(rows(later.stdout).toSorted()).toEqual(['acme/zz-auto ?', 'acme/zz-manual ask', 'acme/zz-open open'])
    expect(hub.log.entries()).toHaveLength(1)

    const nobody = await runHubgate(['search', 'zz', '--offline'], { ...environment, HF_TOKEN: '' })
    expect(nobody.stdout).not.toContain(' ask ')
  })

  test('--check asks for the rows shown and for no others', async () => {
    await using hub = await startHubEmulator(setup)
    hub.admin.pend({ model: 'acme/zz-manual', user: 'ada' })
    const environment = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_test_ada_read' }
    const run = await runHubgate(['search', 'zz', '--check', '--json'], environment)
    const found = JSON.parse(run.stdout) as { id: string; access: { state: string } }[]
    expect(Object.fromEntries(found.map(({ id, access }) => [id, access.state]))).toEqual({
      'acme/zz-open': 'public',
      'acme/zz-auto': 'terms',
      'acme/zz-manual': 'pending',
    })
    const one = await runHubgate(['search', 'zz', '--check', '--limit', '1'], environment)
    expect(rows(one.stdout)).toHaveLength(1)
    const offline = await runHubgate(['search', 'zz', '--check', '--offline'], environment)
    expect(offline.code).toBe(2)
  })

  test('a gated model of the Hub is shown gated by every command', async () => {
    await using hub = await startHubEmulator({ syntheticModels: 0 })
    const id = 'meta-llama/Llama-3.1-8B-Instruct'
    const environment = { HF_ENDPOINT: hub.endpoint }
    for (const args of [
      ['search', id],
      ['search', id, '--source', 'live'],
      ['show', id],
      ['access', id],
    ]) {
      const { stdout } = await runHubgate([...args, '--json'], environment)
      const answer = [JSON.parse(stdout) as unknown].flat()[0]
      expect(answer).toMatchObject({ id, gated: 'manual', gatedLabel: 'Approval Required' })
    }
    for (const style of ['brackets', 'icons', 'table'])
      expect((await runHubgate(['search', id, '--style', style], environment)).stdout).toMatch(
        /\[Approval\]|\[KEY\]|approval/,
      )
  })
})

describe('hubgate show', () => {
  test('says whether this token gets in, and stands where the Hub does not answer', async () => {
    await using hub = await startHubEmulator(setup)
    const environment = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_test_ada_read', HUBGATE_HOME: temporaryHome() }
    const run = await runHubgate(['show', 'acme/zz-manual', '--json'], environment)
    expect(JSON.parse(run.stdout)).toMatchObject({ access: { state: 'approval', account: 'ada' } })
    // The details are asked for once for the page and the check, and once more to see that the gate stood still.
    expect(hub.log.entries().map(({ route }) => route)).toHaveLength(4)
    expect(hub.log.entries({ route: 'model-details' })).toHaveLength(2)
    const offline = await runHubgate(['show', 'acme/zz-manual', '--offline'], environment)
    expect(offline.code).toBe(0)
    expect(offline.stdout).toContain('before      approval')
  })
})

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { type Run, runHubgate } from './run-hubgate.ts'

const models = [
  { id: 'acme/Gated', gated: 'manual', files: { 'config.json': '{}' } },
  { id: 'acme/open', files: { 'config.json': '{}' } },
] as const

function startHub(): Promise<HubEmulator> {
  return startHubEmulator({ wellKnown: false, syntheticModels: 0, models })
}

/** Runs the command again and again with one memory. */
function commandFor(hub: HubEmulator): (...args: string[]) => Promise<Run> {
  const home = mkdtempSync(path.join(tmpdir(), 'hubgate-watch-'))
  return (...args) =>
    runHubgate(args, {
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: 'hf_test_ada_read',
      HUBGATE_HOME: path.join(home, 'state'),
    })
}

test('watch tells a change of a gate once, and only after it has looked', async () => {
  await using hub = await startHub()
  const hubgate = commandFor(hub)
  const added = await hubgate('watch', 'add', 'acme/gated', `${hub.endpoint}/acme/open`)
  expect(added.code).toBe(0)
  expect(added.stdout).toMatch(/^MODEL +ACCESS .*\nacme\/Gated +ask .*\nacme\/open +open /)
  expect(added.stderr).not.toContain('changed')
  expect((await hubgate('watch', 'list')).stderr).toBe('')

  hub.admin.approve({ model: 'acme/Gated', user: 'ada' })
  expect((await hubgate('watch', 'add', 'acme/open')).stderr).toBe('acme/open is watched already\n')
  expect((await hubgate('watch', 'list')).stderr).toMatch(/^changed: acme\/Gated was .*, is .*\n$/)
  expect((await hubgate('watch', 'list')).stderr).toBe('')
})

test('watch list --json gives the answers, what was told before, and what has changed', async () => {
  await using hub = await startHub()
  const hubgate = commandFor(hub)
  await hubgate('watch', 'add', 'acme/Gated')
  hub.admin.approve({ model: 'acme/Gated', user: 'ada' })
  const { stdout } = await hubgate('watch', 'list', '--json')
  expect(JSON.parse(stdout)).toMatchObject([
    { id: 'acme/Gated', state: 'granted', open: true, changed: true, told: { state: 'approval', gated: 'manual' } },
  ])
})

test('watch list without a network says so, and forgets nothing', async () => {
  await using hub = await startHub()
  const hubgate = commandFor(hub)
  await hubgate('watch', 'add', 'acme/Gated')
  const offline = await hubgate('watch', 'list', '--offline')
  expect(offline.code).toBe(0)
  expect(offline.stdout).toContain('acme/Gated')
  expect(offline.stderr).toMatch(/^note: not everything could be looked at: .*offline/)
  hub.admin.approve({ model: 'acme/Gated', user: 'ada' })
  expect((await hubgate('watch', 'list')).stderr).toContain('changed: acme/Gated')
})

test('watch remove takes from the list, whatever the case, and ends with 3 where nothing was on it', async () => {
  await using hub = await startHub()
  const hubgate = commandFor(hub)
  await hubgate('watch', 'add', 'acme/Gated')
  expect(await hubgate('watch', 'remove', 'ACME/gated')).toMatchObject({
    code: 0,
    stderr: 'ACME/gated is no longer watched\n',
  })
  expect(await hubgate('watch', 'remove', 'ACME/gated')).toMatchObject({ code: 3 })
  const empty = await hubgate('watch', 'list')
  expect(empty).toMatchObject({ code: 0, stdout: '' })
  expect(empty.stderr).toContain('Nothing is watched')
  expect((await hubgate('watch', 'list', '--json')).stdout).toBe('[]\n')
})

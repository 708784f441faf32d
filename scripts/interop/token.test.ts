import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { runHubgate } from '../../packages/cli/test/run-hubgate.ts'
import { preparePython } from './python.ts'

test('tokens: `hf` and Hubgate read, replace and keep what the other stored', async () => {
  const python = await preparePython()
  await using hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0 })
  const home = mkdtempSync(path.join(tmpdir(), 'hubgate-interop-'))
  const hfHome = path.join(home, 'hf')
  const environment = { HF_ENDPOINT: hub.endpoint, HF_HOME: hfHome, HUBGATE_HOME: path.join(home, 'own') }
  const hubgate = (words: string[], input = ''): ReturnType<typeof runHubgate> =>
    runHubgate(words, environment, { input })
  const file = (name: string): string => path.join(hfHome, name)

  // Both write the same bytes: the token each stores is the other's whole file.
  await hubgate(['token', 'set'], 'hf_test_ada_read')
  const [ownToken, ownStored] = [readFileSync(file('token')), readFileSync(file('stored_tokens'))]
  expect((await python.hf(['auth', 'whoami'], { environment })).output).toContain('ada')
  await python.hf(['auth', 'logout'], { environment })
  expect(existsSync(file('token'))).toBe(false)
  expect((await python.hf(['auth', 'login', '--token', 'hf_test_ada_read'], { environment })).code).toBe(0)
  expect(readFileSync(file('token'))).toEqual(ownToken)
  expect(readFileSync(file('stored_tokens'))).toEqual(ownStored)
  expect([hfHome, file('token'), file('stored_tokens')].map((name) => statSync(name).mode & 0o777)).toEqual([
    0o700, 0o600, 0o600,
  ])

  // Each keeps what the other stored, and uses what was stored last.
  expect((await hubgate(['token', 'set', '--yes'], 'hf_test_max_read')).code).toBe(0)
  expect((await python.hf(['auth', 'whoami'], { environment })).output).toContain('max')
  const listed = (await python.hf(['auth', 'list'], { environment })).output
  for (const name of ['laptop', 'test']) expect(listed).toContain(name)
  await python.hf(['auth', 'switch', '--token-name', 'laptop'], { environment })
  expect(JSON.parse((await hubgate(['token', 'status', '--json'])).stdout)).toMatchObject({ account: 'ada' })

  // What `hf` rewrote is still known as ours.
  const removed = JSON.parse((await hubgate(['token', 'remove', '--json'])).stdout) as { removed: { name?: string }[] }
  expect(removed.removed.map(({ name }) => name)).toContain('test')
})

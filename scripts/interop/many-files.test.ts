// A repo of 100,000 files through the command: what is too long for `npm test`.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import { runHubgate, temporaryHome } from '../../packages/cli/test/run-hubgate.ts'

const COUNT = 100_000
const FOLDERS = 40
const files = Object.fromEntries(Array.from({ length: COUNT }, (_, n) => [`d${n % FOLDERS}/${n}.txt`, `content ${n}`]))

test('hubgate get plans 100,000 files, fetches those that were asked for, and knows them the next time', async () => {
  await using hub = await startHubEmulator({
    wellKnown: false,
    syntheticModels: 0,
    models: [{ id: 'acme/many', files }],
    rateLimits: { quotas: { api: 1_000_000, resolvers: 1_000_000 } },
  })
  const environment = {
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: path.join(temporaryHome(), 'hf'),
    HUBGATE_HOME: path.join(temporaryHome(), 'state'),
    // What it holds at once is bounded: it ends where it needs more.
    NODE_OPTIONS: '--max-old-space-size=400',
  }
  const get = (...words: string[]): ReturnType<typeof runHubgate> =>
    runHubgate(['get', 'acme/many', ...words], environment)

  const preview = await get('--all', '--dry-run', '--json')
  expect(preview.code).toBe(0)
  const { plan } = JSON.parse(preview.stdout) as { plan: { files: unknown[] } }
  expect(plan.files).toHaveLength(COUNT)

  const got = await get('--include', 'd7/*')
  expect(got).toMatchObject({ code: 0 })
  const folder = path.join(got.stdout.trimEnd(), 'd7')
  expect(readdirSync(folder)).toHaveLength(COUNT / FOLDERS)
  // A line now and then, not one a file.
  expect(got.stderr.split('\n').length).toBeLessThan(100)

  hub.log.clear()
  expect(await get('--include', 'd7/*')).toMatchObject({ code: 0, stdout: got.stdout })
  expect(hub.log.entries()).toHaveLength(1)
  expect((await get('--include', 'd7/*', '--offline')).stdout).toBe(got.stdout)
})

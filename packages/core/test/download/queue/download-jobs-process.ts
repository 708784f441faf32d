// A process of its own for download-jobs.test.ts: downloads what is queued until it is killed, and tells how far it is.
import path from 'node:path'
import process from 'node:process'
import { downloadJobs } from '../../../src/download/queue/download-job.ts'
import { runJobs } from '../../../src/download/queue/run-jobs.ts'
import { HubClient } from '../../../src/hub/client.ts'
import { resolveSettings } from '../../../src/settings/settings.ts'
import { openStore } from '../../../src/store/store.ts'

// A test run that was cut off kills nobody: its end is the end of this input.
process.stdin.on('end', () => process.exit()).resume()
const [home = '', endpoint = ''] = process.argv.slice(2)
const folder = path.join(home, 'hubgate')
const settings = resolveSettings({
  environment: { HF_ENDPOINT: endpoint, HF_TOKEN: 'hf_test_ada_read', HF_HOME: home, HUBGATE_HOME: folder },
})
await using client = new HubClient(settings)
await using store = await openStore({ folder })
process.stdout.write('ready\n')
await runJobs({
  jobs: store.jobs,
  endpoint,
  perform: downloadJobs({ client, store, stallMs: 500 }),
  signal: new AbortController().signal,
  atMost: 2,
  ttlMs: 2000,
  beatMs: 100,
  onEvent: ({ modelId }, event) => {
    if (event.type === 'verified') process.stdout.write(`verified ${modelId} ${event.path}\n`)
    if (event.type === 'progress') process.stdout.write(`progress ${modelId} ${event.doneBytes}\n`)
  },
})

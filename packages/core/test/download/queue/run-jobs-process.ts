// A process of its own for run-jobs.test.ts: does jobs until it is killed, and writes down when each begins and ends.
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { runJobs } from '../../../src/download/queue/run-jobs.ts'
import { openStore } from '../../../src/store/store.ts'

// A test run that was cut off kills nobody: its end is the end of this input.
process.stdin.on('end', () => process.exit()).resume()
const [folder = '', manner = ''] = process.argv.slice(2)
const isStuck = manner === 'stuck'
const write = (what: string, modelId: string): void => {
  appendFileSync(path.join(folder, 'log'), `${what} ${modelId} ${process.pid}\n`)
  process.stdout.write(`${what} ${modelId}\n`)
}
await using store = await openStore({ folder })
await runJobs({
  jobs: store.jobs,
  endpoint: 'https://huggingface.co',
  signal: new AbortController().signal,
  atMost: isStuck ? 2 : 6,
  ttlMs: 2000,
  beatMs: 100,
  perform: async ({ modelId }, { signal }) => {
    write('begin', modelId)
    await delay(isStuck ? 3_600_000 : 50, undefined, { signal })
    write('end', modelId)
    return {}
  },
})

// `node scripts/run.mjs scripts/curate/refresh.ts [--dry-run] [--endpoint URL] [--file FILE]`: looks every model of the
// curated list up on the live Hub and prints what changed. The file is written once, when all were seen; or not at all.
import { homedir } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { HubClient } from '@hubgate/core/hub'
import { loadSettings } from '@hubgate/core/settings'
import { curatedPath, readCuratedFile, writeCuratedFile } from './curated-file.ts'
import { refreshList } from './refresh-list.ts'

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    endpoint: { type: 'string' },
    file: { type: 'string', default: curatedPath },
  },
})
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())

try {
  process.exitCode = await refresh()
} catch (error) {
  if (interruption.signal.aborted) say('interrupted: nothing was written')
  else say(`${error instanceof Error ? error.message : String(error)}\nnothing was written`)
  process.exitCode = interruption.signal.aborted ? 130 : 1
}

async function refresh(): Promise<number> {
  const settings = loadSettings({
    environment: process.env,
    platform: process.platform,
    homeFolder: homedir(),
    userAgent: 'hubgate-curate',
    flags: values.endpoint === undefined ? {} : { endpoint: values.endpoint },
  })
  await using client = new HubClient(settings, {
    onWait: ({ reason, delayMs }) => say(`waiting ${Math.ceil(delayMs / 1000)} s (${reason})`),
  })
  const { list, changes } = await refreshList(readCuratedFile(values.file), {
    client,
    hubName: settings.endpoint.host,
    now: new Date(),
    signal: interruption.signal,
    onProgress: (done, total) => {
      if (done % 50 === 0 || done === total) say(`${done} of ${total}`)
    },
  })
  for (const change of changes) process.stdout.write(`${change}\n`)
  if (!values['dry-run']) writeCuratedFile(list, values.file)
  say(`${changes.length} changes to look at; ${values['dry-run'] ? 'nothing written' : `written to ${values.file}`}`)
  return 0
}

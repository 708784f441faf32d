import { giveBackOfDead, listJobs } from '@hubgate/core/download/queue'
import { endpointText } from '@hubgate/core/settings'
import { finalStates, type StoredJob } from '@hubgate/core/store'
import { type Context, note, noteAll } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { jobJson } from '../views/job-json.ts'
import { inOrder, jobColumns } from '../views/job-table.ts'
import { NOTHING_QUEUED } from '../views/job-text.ts'
import { jsonPage } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'
import { printTable } from '../views/print.ts'
import { countText } from '../views/progress-text.ts'
import { openQueueStore } from './open-state-store.ts'

const RECENT_MS = 24 * 3_600_000

/** What is in the queue, in the order it goes. Asks nobody. */
export async function queueList(context: Context, { options }: Invocation): Promise<number> {
  const { out, now } = context
  await using store = await openQueueStore(context, 'here')
  // Else it would be said to run for ever.
  await giveBackOfDead(store.jobs)
  const all = await Array.fromAsync(listJobs(store.jobs))
  const since = now().getTime() - RECENT_MS
  const isShown = (job: StoredJob): boolean => !finalStates.includes(job.state) || Date.parse(job.changedAt) >= since
  const jobs = inOrder(options['all'] === true ? all : all.filter(isShown))
  if (options['json'] === true) {
    out.write(jsonPage(jobs.map(jobJson)))
    return EXIT_CODES.done
  }
  if (jobs.length > 0) {
    printTable(context, jobColumns(createPaint(out.color), now()), jobs)
  } else note(context, NOTHING_QUEUED)
  if (all.length > jobs.length) note(context, `${countText(all.length - jobs.length, 'older job')}: --all shows them`)
  noteOtherHubs(context, jobs)
  noteAll(context, store.notices)
  return EXIT_CODES.done
}

/** Nobody does these while another Hub is configured. */
function noteOtherHubs(context: Context, jobs: readonly StoredJob[]): void {
  const own = endpointText(context.settings.endpoint)
  const waiting = jobs.filter(({ endpoint, state }) => endpoint !== own && !finalStates.includes(state))
  for (const [endpoint, { length }] of Map.groupBy(waiting, (job) => job.endpoint))
    note(context, `note: ${countText(length, 'job')} for another Hub: \`hubgate queue run --endpoint ${endpoint}\``)
}

import { followEvents } from '@hubgate/core/download/queue'
import type { JobRepository, StoredJob, StoredJobEvent } from '@hubgate/core/store'
import { type Context, note, noteAll } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { jobEventJson } from '../views/job-json.ts'
import { eventNote, jobName, shortId } from '../views/job-text.ts'
import { jsonLine } from '../views/json.ts'
import { findJobs } from './find-jobs.ts'
import { openQueueStore } from './open-state-store.ts'

const LAST = 100

/** What happened in the queue, in order: events have increasing numbers, so that who remembers the last one misses none. */
export async function queueLog(context: Context, { words, options }: Invocation): Promise<number> {
  const { settings, signal } = context
  await using store = await openQueueStore(context, 'here')
  const { jobs } = store
  const [word] = words
  const chosen = word === undefined ? undefined : (await findJobs(jobs, word, settings.endpoint.host)).jobs
  const asked = typeof options['after'] === 'number' ? options['after'] : undefined
  const after = asked ?? (chosen === undefined ? Math.max(0, (await jobs.lastEventId()) - LAST) : 0)
  // Of several jobs of a model all events are looked through.
  const [only] = chosen?.length === 1 ? chosen : []
  const query = { after, ...(only === undefined ? {} : { jobId: only.id }) }
  const events = options['follow'] === true ? followEvents(jobs, { ...query, signal }) : pages(jobs, query)
  const show = createWriter(context, jobs, options['json'] === true)
  let isEmpty = true
  for await (const event of events) {
    if (chosen !== undefined && !chosen.some(({ id }) => id === event.jobId)) continue
    isEmpty = false
    await show(event)
  }
  if (isEmpty) note(context, 'Nothing has happened in the queue.')
  noteAll(context, store.notices)
  return EXIT_CODES.done
}

async function* pages(
  jobs: JobRepository,
  query: { readonly after: number; readonly jobId?: string },
): AsyncGenerator<StoredJobEvent, void, undefined> {
  let page = await jobs.events(query)
  while (page.length > 0) {
    yield* page
    page = await jobs.events({ ...query, after: page.at(-1)?.id ?? query.after })
  }
}

function createWriter(
  { out }: Context,
  jobs: JobRepository,
  isJson: boolean,
): (event: StoredJobEvent) => Promise<void> {
  const known = new Map<string, StoredJob | undefined>()
  return async (event) => {
    const { id, jobId, at, type, state } = event
    if (!known.has(jobId)) known.set(jobId, await jobs.find(jobId))
    const job = known.get(jobId)
    if (isJson) return out.write(jsonLine(jobEventJson(event, job?.modelId)))
    const time = at.slice(0, 19).replace('T', ' ')
    const what = (type === state ? type : `${type} (${state})`).padEnd(26)
    const name = job === undefined ? '?' : jobName(job)
    out.write(
      `${`${String(id).padStart(5)}  ${time}Z  ${shortId(jobId)}  ${what}  ${name}  ${eventNote(event)}`.trimEnd()}\n`,
    )
  }
}

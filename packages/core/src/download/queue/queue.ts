import { setTimeout as delay } from 'node:timers/promises'
import {
  finalStates,
  type JobRepository,
  type JobState,
  type StoredJob,
  type StoredJobEvent,
} from '../../store/job-repository.ts'
import { newId } from '../../store/new-id.ts'
import { formatJobRequest, type JobRequest, jobKey } from './job-request.ts'

/**
 * Puts a download into the queue, unless the same is there and active: then that one is given.
 * Whoever runs `runJobs`, here or elsewhere, does it.
 */
export async function addJob(
  jobs: JobRepository,
  request: JobRequest,
  { priority = 0 }: { readonly priority?: number } = {},
): Promise<{ readonly job: StoredJob; readonly isNew: boolean }> {
  return await jobs.add({
    id: await newId(),
    key: jobKey(request),
    endpoint: request.endpoint,
    modelId: request.modelId,
    request: formatJobRequest(request),
    priority,
  })
}

/** All jobs there are, newest first. */
export async function* listJobs(
  jobs: JobRepository,
  query: { readonly states?: readonly JobState[]; readonly endpoint?: string } = {},
): AsyncGenerator<StoredJob, void, undefined> {
  let page = await jobs.list(query)
  while (page.length > 0) {
    yield* page
    page = await jobs.list({ ...query, before: page.at(-1)?.id ?? '' })
  }
}

export interface FollowOptions {
  /** The last event seen. @default of one job all there were, of all jobs only what happens from now on */
  readonly after?: number
  /** Only of this job; the iteration ends with its end. */
  readonly jobId?: string
  readonly signal?: AbortSignal | undefined
  /** @default 500 */
  readonly pollMs?: number
}

/**
 * Events as they happen, in whatever process, in order and none left out.
 * @throws what the signal was aborted with
 */
export async function* followEvents(
  jobs: JobRepository,
  options: FollowOptions = {},
): AsyncGenerator<StoredJobEvent, void, undefined> {
  const { jobId, signal, pollMs = 500 } = options
  let after = options.after ?? (jobId === undefined ? await jobs.lastEventId() : 0)
  for (;;) {
    signal?.throwIfAborted()
    // Asked first: what ends it meanwhile is an event then, and nothing of it is missed.
    const isOver = jobId !== undefined && (await hasEnded(jobs, jobId))
    const events = await jobs.events({ after, ...(jobId === undefined ? {} : { jobId }) })
    for (const event of events) {
      after = event.id
      yield event
    }
    if (events.length > 0) continue
    if (isOver) return
    await delay(pollMs, undefined, signal ? { signal } : {})
  }
}

/** One that was forgotten is over as well. */
async function hasEnded(jobs: JobRepository, jobId: string): Promise<boolean> {
  const job = await jobs.find(jobId)
  return job === undefined || finalStates.includes(job.state)
}

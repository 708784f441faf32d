import { setTimeout as delay } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { JobRepository, StoredJob, StoredJobEvent } from '../../store/job-repository.ts'
import { formatJobRequest, type JobRequest, jobKey } from './job-request.ts'

/**
 * Puts a download into the queue, unless the same is there and active: then that one is given.
 * Whoever runs `runJobs`, here or elsewhere, does it.
 */
export function addJob(
  jobs: JobRepository,
  request: JobRequest,
  { priority = 0 }: { readonly priority?: number } = {},
): Promise<{ readonly job: StoredJob; readonly isNew: boolean }> {
  return jobs.add({
    id: uuidv7(),
    key: jobKey(request),
    endpoint: request.endpoint,
    modelId: request.modelId,
    request: formatJobRequest(request),
    priority,
  })
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

const ends: readonly string[] = ['done', 'failed', 'cancelled']

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
    const events = await jobs.events({ after, ...(jobId === undefined ? {} : { jobId }) })
    for (const event of events) {
      after = event.id
      yield event
      if (jobId !== undefined && ends.includes(event.type)) return
    }
    if (events.length === 0) await delay(pollMs, undefined, signal ? { signal } : {})
  }
}

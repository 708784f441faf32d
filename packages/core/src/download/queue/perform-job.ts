import { startHeartbeat } from '../../store/heartbeat.ts'
import type { JobRepository, JobTelling, StoredJob } from '../../store/job-repository.ts'
import type { DownloadEvent } from '../events.ts'
import { judgeFailure } from './job-outcome.ts'
import { type JobRequest, parseJobRequest } from './job-request.ts'

/** Does one job: resolves with what came of it (kept as JSON), or throws what prevented it. Stops when `signal` says so. */
export type Perform = (request: JobRequest, work: JobWork) => Promise<object>

/** What whoever does a job tells while it does. */
export interface JobWork {
  readonly job: StoredJob
  /** Aborted when the job was paused or cancelled, when it is another's now, and when this process is to end. */
  readonly signal: AbortSignal
  /** Kept with the job, and as an event. The job is running from now on, whatever it waited for. */
  planned(plan: object): Promise<void>
  /** Kept as an event, in the order of the calls. `to`: the state that it leads to, where that is another. */
  tell(type: JobTelling['type'], detail?: object, to?: JobTelling['to']): Promise<void>
  /** Not kept: for whoever watches this process. */
  show(event: DownloadEvent): void
}

/** What a process hears of the jobs that it does itself. */
export interface JobListener {
  readonly onEvent?: ((job: StoredJob, event: DownloadEvent) => void) | undefined
  /** It has stopped; what became of it is in its state. `error`: what prevented it. */
  readonly onEnd?: ((job: StoredJob, error: unknown) => void) | undefined
}

export interface PerformOptions extends JobListener {
  readonly jobs: JobRepository
  readonly perform: Perform
  readonly holder: string
  readonly ttlMs: number
  /** How often the claim is renewed, and so how soon a pause is noticed. */
  readonly beatMs: number
  /** `spanOf(ttlMs)` from before the job was claimed. */
  readonly span: () => boolean
  readonly signal: AbortSignal
  readonly now: () => Date
}

/** Does a job that was claimed, up to the state it ends in, and gives the claim back whatever happens. */
export async function performJob(job: StoredJob, options: PerformOptions): Promise<void> {
  const { jobs, perform, holder, ttlMs, beatMs, span, now, onEvent, onEnd } = options
  const claim = { id: job.id, holder }
  const stop = new AbortController()
  const whyLost = (): Error => new Error(`Cannot go on with the job ${job.id}: it was stopped`)
  const heart = startHeartbeat({ ttlMs, beatMs, span, renew: () => jobs.renew({ ...claim, ttlMs }), whyLost })
  const signal = AbortSignal.any([options.signal, heart.signal, stop.signal])
  /** A claim that is gone ends the work where it stands. */
  const orStop = async (answer: Promise<boolean>): Promise<void> => {
    if (!(await answer)) stop.abort(whyLost())
    signal.throwIfAborted()
  }
  let prevented: unknown
  try {
    const request = parseJobRequest(job.request)
    const outcome = await perform(request, {
      job,
      signal,
      planned: (plan) => orStop(jobs.move({ ...claim, to: 'running', detail: JSON.stringify(plan) })),
      tell: (type, detail, to) =>
        orStop(
          jobs.tell({
            ...claim,
            type,
            ...(detail && { detail: JSON.stringify(detail) }),
            ...(to === undefined ? {} : { to }),
          }),
        ),
      show: (event) => onEvent?.(job, event),
    })
    await jobs.move({ ...claim, to: 'done', detail: JSON.stringify(outcome) })
  } catch (error) {
    if (!signal.aborted) {
      prevented = error
      const { attempts, detail: earlier } = job
      const failure = judgeFailure({ error, attempts, earlier, whenGranted: wantsToWait(job), now: now() })
      await jobs.move({ ...claim, ...failure, detail: JSON.stringify(failure.detail) })
    }
  } finally {
    await heart.stop()
    await jobs.release(claim)
  }
  if (onEnd !== undefined) onEnd((await jobs.find(job.id)) ?? job, prevented)
}

function wantsToWait(job: StoredJob): boolean {
  try {
    return parseJobRequest(job.request).whenGranted
  } catch {
    return false
  }
}

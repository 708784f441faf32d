import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { spanOf } from '../../store/heartbeat.ts'
import type { JobRepository } from '../../store/job-repository.ts'
import { processMark } from '../../store/process-mark.ts'
import { giveBackOfDead } from './give-back.ts'
import { type JobListener, type Perform, performJob } from './perform-job.ts'

export interface RunJobsOptions extends JobListener {
  readonly jobs: JobRepository
  /** The Hub whose jobs are done; those of others are left alone. As `endpointText` spells it. */
  readonly endpoint: string
  readonly perform: Perform
  /** Ends the work: what runs is given back to the queue. */
  readonly signal: AbortSignal
  /** Jobs done at once by all processes together. @default 2 */
  readonly atMost?: number
  /** How long a claim holds unless renewed: after that, the jobs of a killed process go to another. @default 15_000 */
  readonly ttlMs?: number
  /** How soon a new job, a pause and a cancelled one are noticed. @default 1000 */
  readonly beatMs?: number
  /** End once no job is left that could be done now or later without anybody's doing. @default false */
  readonly untilIdle?: boolean
  readonly now?: () => Date
  /** The store did not answer; it goes on and asks again. */
  readonly onTrouble?: (error: unknown) => void
}

/**
 * Does the jobs of the queue, beside whatever other processes do them, until it is told to end. Resolves when all it had begun
 * has stopped and was given back.
 */
export async function runJobs(options: RunJobsOptions): Promise<void> {
  const { jobs, endpoint, perform, signal, atMost = 2, ttlMs = 15_000, beatMs = 1000 } = options
  const { untilIdle = false, now = () => new Date(), onEvent, onEnd, onTrouble } = options
  const running = new Set<Promise<void>>()
  using rest = createRest(signal)
  while (!signal.aborted) {
    try {
      const holder = `${await processMark()} (${randomBytes(6).toString('hex')})`
      const span = spanOf(ttlMs)
      const job = running.size < atMost ? await jobs.claim({ holder, endpoint, ttlMs, atMost }) : undefined
      if (job !== undefined) {
        const work = performJob(job, { jobs, perform, holder, ttlMs, beatMs, span, signal, now, onEvent, onEnd })
        const watched: Promise<void> = work
          .catch((error: unknown) => onTrouble?.(error))
          .then(() => {
            running.delete(watched)
            rest.wake()
          })
        running.add(watched)
        continue
      }
      if (await giveBackOfDead(jobs, endpoint)) continue
      if (untilIdle && running.size === 0 && (await isIdle(jobs, endpoint))) break
    } catch (error) {
      onTrouble?.(error)
    }
    await rest.until(beatMs)
  }
  await Promise.all(running)
}

async function isIdle(jobs: JobRepository, endpoint: string): Promise<boolean> {
  const states = ['queued', 'waiting-access', 'running', 'verifying'] as const
  return (await jobs.list({ states, endpoint, limit: 1 })).length === 0
}

/** Rests that end early once they are told to, or all is to end. */
function createRest(signal: AbortSignal): Disposable & { until(ms: number): Promise<void>; wake(): void } {
  let awake = new AbortController()
  const wake = (): void => awake.abort()
  signal.addEventListener('abort', wake)
  return {
    wake,
    async until(ms) {
      if (!signal.aborted) await delay(ms, undefined, { signal: awake.signal }).catch(() => undefined)
      // What woke it before it began has ended this one.
      awake = new AbortController()
    },
    [Symbol.dispose]: () => signal.removeEventListener('abort', wake),
  }
}

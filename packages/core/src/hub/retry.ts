/** What happened to one attempt, as far as trying again is concerned. */
export interface FailedAttempt {
  /** Counts from 1. */
  readonly attempt: number
  /** `unreachable`: no answer headers arrived. */
  readonly failure: 'unreachable' | 'timeout' | number
  /** What the answer asked for, where it did. */
  readonly retryAfterMs: number | undefined
}

const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504])
const MAX_ATTEMPTS = 5
const BACKOFF_MS = [500, 1000, 2000, 4000]

/** Milliseconds to wait before trying again, or `undefined` to give up: the only place that decides it. */
export function retryDelayMs({ attempt, failure, retryAfterMs }: FailedAttempt): number | undefined {
  if (attempt >= MAX_ATTEMPTS) return undefined
  // The person set how long they wait for an answer; waiting again would double it.
  if (failure === 'timeout') return undefined
  if (failure === 'unreachable') return attempt < 3 ? BACKOFF_MS[attempt - 1] : undefined
  if (!RETRIED_STATUSES.has(failure)) return undefined
  return retryAfterMs ?? BACKOFF_MS[attempt - 1]
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { AccessAnswer } from '../access-answer.ts'
import type { AccessChecker, CheckOneOptions } from './checker.ts'

const FIRST_INTERVAL_MS = 5000
/** Somebody is just accepting terms: that takes a minute or two. */
const EAGER_MS = 120_000
const MAX_INTERVAL_MS = 60_000
const GROWTH = 1.5

/** Milliseconds until the next look, after watching for `elapsedMs` with `lastMs` between the last two looks. */
export function watchDelayMs(elapsedMs: number, lastMs: number): number {
  return elapsedMs < EAGER_MS
    ? FIRST_INTERVAL_MS
    : Math.min(MAX_INTERVAL_MS, Math.max(lastMs, FIRST_INTERVAL_MS) * GROWTH)
}

/**
 * Checks again and again, ever more rarely: gives the first answer and then each that says something else. Never ends by
 * itself. A Hub that does not answer for a while is no change.
 * @throws what the signal was aborted with
 */
export async function* watchAccess(
  checker: AccessChecker,
  modelId: string,
  options: CheckOneOptions & { readonly delayMs?: typeof watchDelayMs } = {},
): AsyncGenerator<AccessAnswer, never, undefined> {
  const { signal, details, delayMs = watchDelayMs } = options
  const startedAt = performance.now()
  let last = await checker.check(modelId, { signal, details })
  yield last
  for (let delay = 0; ; ) {
    delay = delayMs(performance.now() - startedAt, delay)
    await sleep(delay, undefined, signal ? { signal } : {})
    const answer = await checker.check(modelId, { signal })
    if (answer.state === 'unknown' && answer.failure !== undefined) continue
    const isNews = answer.state !== last.state || answer.gated !== last.gated
    last = answer
    if (isNews) yield answer
  }
}

import type { RateLimit } from './rate-limit.ts'

/** Waits a moment longer than the Hub says, as its own client does. */
const MARGIN_MS = 1000

interface Window {
  remaining: number
  resetsAt: number
}

/**
 * Keeps count of what the Hub still allows, so that many calls at once stop before they are refused. Which calls share a
 * bucket is learnt from the answers: the names are an open set.
 * @see hub-protocol 7.1 and 7.2
 */
export class Pace {
  readonly #bucketOf = new Map<string, string>()
  readonly #windows = new Map<string, Window>()

  /** A call of this kind is about to go out: counts it and gives 0, or the milliseconds to wait first. */
  take(kind: string, nowMs: number): number {
    const window = this.#windows.get(this.#bucketOf.get(kind) ?? '')
    if (window === undefined || nowMs >= window.resetsAt) return 0
    if (window.remaining <= 0) return window.resetsAt - nowMs + MARGIN_MS
    window.remaining -= 1
    return 0
  }

  /** What an answer to a call of this kind said. Answers overtake each other, so within a window the lowest count holds. */
  learn(kind: string, limit: RateLimit, nowMs: number): void {
    this.#bucketOf.set(kind, limit.bucket)
    const known = this.#windows.get(limit.bucket)
    const resetsAt = nowMs + limit.resetSeconds * 1000
    const isSameWindow =
      known !== undefined && nowMs < known.resetsAt && Math.abs(known.resetsAt - resetsAt) < 2 * MARGIN_MS
    const remaining = isSameWindow ? Math.min(known.remaining, limit.remaining) : limit.remaining
    this.#windows.set(limit.bucket, { remaining, resetsAt })
  }
}

/** Calls of one kind have been seen to share a bucket. */
export function callKind(path: string): string {
  if (path.includes('/resolve/')) return 'resolve'
  if (path === '/api/models' || path.startsWith('/api/whoami')) return path
  return path.startsWith('/api/') ? 'api' : 'page'
}

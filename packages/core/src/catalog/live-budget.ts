import type { RateLimit } from '../hub/rate-limit.ts'
import type { AccountKey } from '../store/access-repository.ts'
import type { RateBudgetRepository, StoredRateLimit } from '../store/rate-budget-repository.ts'
import type { Backlog } from './backlog.ts'

export interface LiveBudgetOptions extends AccountKey {
  /** Where processes tell each other what the Hub said; without it, only this process's own answers count. Told behind the answer. */
  readonly shared?: { readonly rateBudget: RateBudgetRepository; readonly backlog: Backlog } | undefined
  readonly now: () => Date
}

/** What searching while typing may still spend of the Hub's limits: a part is left for what people ask for by name. */
export interface LiveBudget {
  /** An answer's rate limit. */
  learn(limit: RateLimit): void
  /** When the Hub may be asked again; `undefined` when it may be asked now. */
  pausedUntil(): Promise<Date | undefined>
}

/** Buckets that a list call was seen to draw from. @see hub-protocol 7.2 */
const LIST_BUCKETS = ['api', 'search']
const RESERVED_PART = 0.1

export function createLiveBudget({ endpoint, account, shared, now }: LiveBudgetOptions): LiveBudget {
  const own = new Map<string, StoredRateLimit>()
  return {
    learn({ bucket, remaining, resetSeconds, quota, windowSeconds }) {
      const limit = {
        endpoint,
        account,
        bucket,
        remaining,
        resetAt: new Date(now().getTime() + resetSeconds * 1000).toISOString(),
        ...(quota === undefined ? {} : { quota }),
        ...(windowSeconds === undefined ? {} : { windowSeconds }),
      }
      own.set(bucket, limit)
      shared?.backlog.add(() => shared.rateBudget.put(limit))
    },
    async pausedUntil() {
      const others = (await shared?.rateBudget.list({ endpoint, account }).catch(() => [])) ?? []
      const counted = others.filter(({ bucket }) => LIST_BUCKETS.includes(bucket) || own.has(bucket))
      return pauseOf([...own.values(), ...counted], now())
    },
  }
}

/** Until the last window ends of which nothing is left but what is reserved. */
export function pauseOf(limits: readonly StoredRateLimit[], now: Date): Date | undefined {
  const ends = limits
    .filter(({ remaining, quota }) => remaining <= Math.ceil((quota ?? 0) * RESERVED_PART))
    .map(({ resetAt }) => Date.parse(resetAt))
    .filter((end) => end > now.getTime())
  return ends.length === 0 ? undefined : new Date(Math.max(...ends))
}

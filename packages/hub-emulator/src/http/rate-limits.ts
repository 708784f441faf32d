import { type Bucket, documentedQuotas, type Quotas, type Tier } from './quotas.ts'

export interface RateLimitOptions {
  /** Length of the fixed window in whole seconds. @default 300 */
  readonly windowSeconds?: number
  /** Requests a window by bucket, for everybody; what is left out stays as documented for the account's tier. */
  readonly quotas?: Partial<Quotas>
}

/** One caller's standing in one bucket. */
export interface Standing {
  readonly bucket: Bucket
  readonly quota: number
  readonly remaining: number
  /** Until the window ends. */
  readonly seconds: number
  readonly windowSeconds: number
  readonly isExceeded: boolean
}

/** Counts requests by bucket and by account, or by address where nobody is logged in. */
export class RateLimits {
  readonly #now: () => number
  readonly #used = new Map<string, { readonly end: number; count: number }>()
  #options: RateLimitOptions

  constructor(options: RateLimitOptions, now: () => number) {
    this.#options = options
    this.#now = now
  }

  /** New quotas or another window; what was counted so far is forgotten. */
  set(options: RateLimitOptions): void {
    this.#options = { ...this.#options, ...options }
    this.#used.clear()
  }

  /** A window begins with a caller's first request, so that what a test sees does not hang on the hour. */
  count(bucket: Bucket, who: string, tier: Tier): Standing {
    const { windowSeconds = 300, quotas = {} } = this.#options
    const now = this.#now()
    const key = `${bucket} ${who}`
    const before = this.#used.get(key)
    const entry = before !== undefined && now < before.end ? before : { end: now + windowSeconds * 1000, count: 0 }
    entry.count += 1
    this.#used.set(key, entry)
    const quota = quotas[bucket] ?? documentedQuotas[tier][bucket]
    return {
      bucket,
      quota,
      remaining: Math.max(0, quota - entry.count),
      seconds: Math.ceil((entry.end - now) / 1000),
      windowSeconds,
      isExceeded: entry.count > quota,
    }
  }
}

/** The pair on every answer. @see IETF draft-ietf-httpapi-ratelimit-headers-09 */
export function rateLimitHeaders({
  bucket,
  quota,
  remaining,
  seconds,
  windowSeconds,
}: Standing): Record<string, string> {
  return {
    RateLimit: `"${bucket}";r=${remaining};t=${seconds}`,
    'RateLimit-Policy': `"fixed window";"${bucket}";q=${quota};w=${windowSeconds}`,
  }
}

export function rateLimitText({ quota, bucket, windowSeconds }: Standing, ip: string | undefined): string {
  if (ip !== undefined)
    return `We had to rate limit your IP (${ip}). To continue using our service, create a HF account or login to your existing account, and make sure you pass a HF_TOKEN if you're using the API.`
  const period = windowSeconds % 60 === 0 ? `${windowSeconds / 60} minutes` : `${windowSeconds} seconds`
  return `We had to rate limit you, you hit the quota of ${quota} ${bucket} requests per ${period} period. Upgrade to a PRO user or Team/Enterprise organization account (https://hf.co/pricing) to get higher limits. See https://huggingface.co/docs/hub/rate-limits`
}

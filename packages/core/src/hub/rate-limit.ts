import { writtenAt } from './clock-skew.ts'

/** One bucket of the Hub's rate limits, as its headers last described it. */
export interface RateLimit {
  /** `api`, `resolvers`, `pages`, `search`…: an open set. */
  readonly bucket: string
  readonly remaining: number
  readonly resetSeconds: number
  /** Calls per window; `undefined` where no policy was sent. */
  readonly quota: number | undefined
  readonly windowSeconds: number | undefined
}

/**
 * Reads `RateLimit: "api";r=489;t=189` and `RateLimit-Policy: "fixed window";"api";q=500;w=300`.
 * @see hub-protocol 7.1 (IETF draft 9, as the Python client reads it)
 */
export function parseRateLimit(rateLimit: string | undefined, policy: string | undefined): RateLimit | undefined {
  const [, bucket, remaining, reset] =
    /"(\w{1,64})"\s*;\s*r\s*=\s*(\d{1,12})\s*;\s*t\s*=\s*(\d{1,12})/.exec(rateLimit ?? '') ?? []
  if (bucket === undefined) return undefined
  const [, quota, window] = /q\s*=\s*(\d{1,12}).{0,200}?w\s*=\s*(\d{1,12})/.exec(policy ?? '') ?? []
  return {
    bucket,
    remaining: Number(remaining),
    resetSeconds: Number(reset),
    quota: quota === undefined ? undefined : Number(quota),
    windowSeconds: window === undefined ? undefined : Number(window),
  }
}

type Headers = Readonly<Record<string, string>>

/** The limit that an answer's headers tell. */
export function rateLimitOf(headers: Headers): RateLimit | undefined {
  return parseRateLimit(headers['ratelimit'], headers['ratelimit-policy'])
}

/**
 * How long the headers of a 429 ask us to wait, in milliseconds; `undefined` where they do not say.
 * @param now by our own clock, for an answer that does not tell its sender's
 */
export function askedWaitMs(headers: Headers, now: Date): number | undefined {
  return retryAfterMs(rateLimitOf(headers), headers['retry-after'], writtenAt(headers['date'], now))
}

/**
 * How long a 429 asks us to wait, in milliseconds; `undefined` when it does not say.
 *
 * The `RateLimit` pair is on every answer and may belong to another limiter than the one that refused, so it counts only
 * when nothing remains. `Retry-After` is read in both its forms.
 * @param now by the clock of whoever answered
 */
export function retryAfterMs(
  limit: RateLimit | undefined,
  retryAfter: string | undefined,
  now: Date,
): number | undefined {
  if (limit?.remaining === 0) return (limit.resetSeconds + 1) * 1000
  if (retryAfter === undefined) return undefined
  if (/^\s*\d{1,9}\s*$/.test(retryAfter)) return (Number(retryAfter) + 1) * 1000
  const moment = Date.parse(retryAfter)
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now.getTime()) + 1000
}

/** What happened to one attempt, as far as trying again is concerned. */
export interface FailedAttempt {
  /** Counts from 1. */
  readonly attempt: number
  /**
   * `unreachable`: no answer headers arrived. `away`: there is no way to the Hub at all. `odd`: an answer that is not what was asked
   * for, or none at all in HTTP.
   */
  readonly failure: 'unreachable' | 'away' | 'timeout' | 'odd' | number
  /** What the answer asked for, where it did. */
  readonly retryAfterMs: number | undefined
}

/** What ended one piece of a transfer before its end. */
export interface FailedTransfer {
  /** Pieces in a row that brought nothing, this one included: counts from 1. */
  readonly attempt: number
  /** `cut`: the body ended or broke off early. `stalled`: it went silent. `stale`: the signed address is not taken any longer. */
  readonly failure: FailedAttempt['failure'] | 'cut' | 'stalled' | 'stale'
  readonly retryAfterMs: number | undefined
  /** Bytes had come in this download from whoever was asked: its name, the network and the proxy were right then. */
  readonly hasBegun: boolean
  /** Since the last byte of this piece. */
  readonly silentMs: number
  /** How long a network that is away is waited for. @default 120_000 */
  readonly patienceMs?: number | undefined
  /** From 0 to 1. */
  readonly random: number
}

const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504])
const MAX_ATTEMPTS = 5
const BACKOFF_MS = [500, 1000, 2000, 4000]
/** A limit of the Hub ends with its window of 5 minutes; several connections may run into it one after another. */
const MAX_LIMITED_ATTEMPTS = 10
const MAX_STALE_ATTEMPTS = 3
/** Who asks for more than a window and a little is not waited for: it may be a mistake, or meant to hold us up. */
const MAX_ASKED_MS = 310_000
/** A laptop that changes its Wi-Fi, a router that starts anew. */
const PATIENCE_MS = 120_000
const MAX_AWAY_BACKOFF_MS = 15_000

/** Milliseconds to wait before trying again, or `undefined` to give up. This file alone decides it. */
export function retryDelayMs({ attempt, failure, retryAfterMs }: FailedAttempt): number | undefined {
  if (attempt >= MAX_ATTEMPTS) return undefined
  // The person set how long they wait for an answer; waiting again would double it.
  if (failure === 'timeout' || failure === 'away') return undefined
  if (failure === 'unreachable' || failure === 'odd') return attempt < 3 ? BACKOFF_MS[attempt - 1] : undefined
  if (!RETRIED_STATUSES.has(failure)) return undefined
  return retryAfterMs ?? BACKOFF_MS[attempt - 1]
}

/**
 * The same for a transfer, which goes on where it stopped: what counts is how often in a row nothing came.
 *
 * A stale address is asked for again at once. The other waits vary by chance, so that connections that were cut together do
 * not come back together. While the network is away a download that had begun waits for it; one that had not gives up at once.
 * @see hub-protocol 6.4: the CDN was seen to refuse valid requests for a short time
 */
export function transferRetryDelayMs(failed: FailedTransfer): number | undefined {
  const { attempt, failure, retryAfterMs, random, hasBegun } = failed
  if (hasBegun && (failure === 'away' || failure === 'unreachable' || failure === 'timeout')) return awayDelayMs(failed)
  if (failure === 'away') return undefined
  if (typeof failure === 'number' && !RETRIED_STATUSES.has(failure)) return undefined
  const most = failure === 429 ? MAX_LIMITED_ATTEMPTS : failure === 'stale' ? MAX_STALE_ATTEMPTS : MAX_ATTEMPTS
  if (attempt >= most || (retryAfterMs ?? 0) > MAX_ASKED_MS) return undefined
  if (failure === 'stale' && attempt === 1) return 0
  const backoffMs = (BACKOFF_MS[attempt - 1] ?? BACKOFF_MS.at(-1) ?? 0) * (0.5 + random)
  return retryAfterMs === undefined ? backoffMs : retryAfterMs + backoffMs / 4
}

/** Nobody is to start a download anew because the network was away for a minute. */
function awayDelayMs({ attempt, random, silentMs, patienceMs = PATIENCE_MS }: FailedTransfer): number | undefined {
  if (silentMs >= patienceMs) return undefined
  return Math.min(MAX_AWAY_BACKOFF_MS, 500 * 2 ** Math.min(attempt - 1, 10) * (0.5 + random))
}

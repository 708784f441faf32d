import { hasErrorCode } from '../errors.ts'
import type { Settings } from '../settings/settings.ts'
import type { TokenSource } from '../settings/token.ts'
import type { HubClient } from './client.ts'
import { type Account, askWhoami } from './whoami.ts'

/**
 * What is to be known of the token in use. `none`: there is none. `unused`: there is one that these settings do not use.
 * `valid` and `refused`: the Hub was asked. `unchecked`: it could not be.
 */
export interface TokenReport {
  readonly verdict: 'none' | 'unused' | 'valid' | 'refused' | 'unchecked'
  /** Where the token came from; `undefined` for `none`. */
  readonly source: TokenSource | undefined
  /** Other places that hold a token. */
  readonly others: readonly TokenSource[]
  /** Does this endpoint get it? */
  readonly isSent: boolean
  /** Set for `valid`. */
  readonly account: Account | undefined
  /** Set for `refused` and `unchecked`: what the Hub or the network said. */
  readonly error: Error | undefined
  /** From the Hub, or from where it is stored. ISO 8601; `undefined` where nobody says, which is the rule. */
  readonly expiresAt: string | undefined
}

export interface TokenReportOptions {
  readonly signal?: AbortSignal | undefined
  /** The call has a strict limit of its own. @default 2000 */
  readonly maxWaitMs?: number
}

/**
 * Looks at the token that the client's settings hold, and asks its Hub whose it is.
 * @throws only what the signal was aborted with
 */
export async function reportToken(client: HubClient, options: TokenReportOptions = {}): Promise<TokenReport> {
  const { settings } = client
  const [source, ...others] = settings.tokenSources
  const isSent = settings.token !== undefined
  const found = { source, others, isSent, account: undefined, error: undefined, expiresAt: storedExpiry(settings) }
  if (source === undefined) return { ...found, verdict: 'none' }
  if (!isSent) return { ...found, verdict: 'unused' }
  try {
    const account = await askWhoami(client, { signal: options.signal, maxWaitMs: options.maxWaitMs ?? 2000 })
    return { ...found, verdict: 'valid', account, expiresAt: account.token.expiresAt ?? found.expiresAt }
  } catch (error) {
    options.signal?.throwIfAborted()
    const isRefused = hasErrorCode(error, 'ERR_TOKEN_INVALID')
    return {
      ...found,
      verdict: isRefused ? 'refused' : 'unchecked',
      error: error instanceof Error ? error : new Error(String(error)),
    }
  }
}

/** Has this moment passed? */
export function isExpired(expiresAt: string | undefined, now: Date): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime()
}

function storedExpiry({ tokenSources: [source] }: Settings): string | undefined {
  const moment = new Date((source?.expiresAt ?? Number.NaN) * 1000)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}

import { hasErrorCode } from '../../errors.ts'
import type { HubClient } from '../../hub/client.ts'
import { type Account, askWhoami, formatAccount, parseAccount } from '../../hub/whoami.ts'
import { endpointText } from '../../settings/endpoint.ts'
import { tokenHash } from '../../settings/token-hash.ts'
import type { Store } from '../../store/store.ts'
import { orNothing } from './or-nothing.ts'

/** Whose token asks, as far as the Hub says. */
export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'account'; readonly account: Account }
  /** The Hub does not know the token. */
  | { readonly kind: 'refused'; readonly hubMessage: string | undefined }
  /** The Hub did not answer: not a word about the token. */
  | { readonly kind: 'unanswered' }

/** Whom to ask, and where answers are kept. */
export interface CallerInputs {
  readonly client: HubClient
  readonly store?: Store | undefined
  readonly now?: () => Date
}

export interface CallerOptions {
  readonly signal?: AbortSignal | undefined
  /** Ask even where an answer was kept. @default false */
  readonly isFresh?: boolean
}

/** This call has a strict limit of its own; an access check does not stand still for it. */
const MAX_WAIT_MS = 2000

/**
 * Finds whose token this is: from what was kept for the last hour, else from the Hub.
 * @throws only what the signal was aborted with
 */
export async function findCaller(inputs: CallerInputs, options: CallerOptions = {}): Promise<Caller> {
  const { client, store, now = () => new Date() } = inputs
  if (options.isFresh !== true) {
    const kept = await keptCaller(inputs)
    if (kept.kind !== 'unanswered') return kept
  }
  const key = keyOf(client)
  if (key === undefined) return { kind: 'nobody' }
  try {
    const account = await askWhoami(client, { signal: options.signal, maxWaitMs: MAX_WAIT_MS })
    const json = JSON.stringify(formatAccount(account))
    await orNothing(store?.whoami.put({ ...key, json, checkedAt: now().toISOString() }))
    return { kind: 'account', account }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!hasErrorCode(error, 'ERR_TOKEN_INVALID')) return { kind: 'unanswered' }
    await orNothing(store?.whoami.remove(key.endpoint, key.tokenHash))
    return { kind: 'refused', hubMessage: error.details.hubMessage }
  }
}

/** Whose token this is without asking anybody: `unanswered` where nothing was kept. */
export async function keptCaller({ client, store }: CallerInputs): Promise<Caller> {
  const key = keyOf(client)
  if (key === undefined) return { kind: 'nobody' }
  const kept = await orNothing(store?.whoami.find(key.endpoint, key.tokenHash))
  const account = kept && parseKept(kept.json)
  return account === undefined ? { kind: 'unanswered' } : { kind: 'account', account }
}

/** The account under which answers are kept; `undefined` where they could not be told from others'. */
export function accountKey(caller: Caller): string | undefined {
  if (caller.kind === 'nobody') return ''
  return caller.kind === 'account' ? caller.account.name : undefined
}

function parseKept(json: string): Account | undefined {
  try {
    return parseAccount(JSON.parse(json))
  } catch {
    return undefined
  }
}

/** The token itself is kept nowhere: what is found again by its hash says whose it is, and opens nothing. */
function keyOf({ settings }: HubClient): { readonly endpoint: string; readonly tokenHash: string } | undefined {
  if (settings.token === undefined) return undefined
  return { endpoint: endpointText(settings.endpoint), tokenHash: tokenHash(settings.token.secret) }
}

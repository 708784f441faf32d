import type { HubRefusal } from '../errors.ts'
import { isBadToken, isDisabled } from '../hub/refusal.ts'
import type { AccessState } from './access-state.ts'
import type { GatedStatus } from './gated.ts'

/**
 * The four refusals of a gate share one status and one code: only these words tell them apart. No model id holds a blank, so
 * none can imitate them.
 * @see hub-protocol 4.2 and 4.9
 */
const words: readonly (readonly [string, AccessState | 'never-asked'])[] = [
  ['public gated repositories', 'token-scope'],
  ['awaiting a review', 'pending'],
  ['has been rejected', 'rejected'],
  ['has been reset', 'reset'],
  ['not in the authorized list', 'never-asked'],
]

/** Tells a gate from a missing model where the code is absent, as it often is. @see hub-protocol 0.2 */
const ASKS_TO_SIGN_IN = 'and be authenticated to access it'

/**
 * What a refusal of the Hub (any status but a success) says about access.
 *
 * `hidden` where it may also be a token that is refused in other words: of a 401 without a code, only `whoami` can tell.
 * `unknown` where it refuses in words we do not know.
 * @param gated which gate stands there, as far as known: it decides what "not asked yet" means
 */
export function readRefusal(refusal: HubRefusal, gated: GatedStatus | null): AccessState {
  if (isDisabled(refusal)) return 'disabled'
  const said = refusal.hubMessage?.toLowerCase() ?? ''
  switch (refusal.status) {
    case 401:
      if (refusal.hubCode === 'GatedRepo' || said.includes(ASKS_TO_SIGN_IN)) return 'sign-in'
      return isBadToken(refusal) ? 'token-invalid' : 'hidden'
    case 403: {
      const state = words.find(([fragment]) => said.includes(fragment))?.[1] ?? 'unknown'
      if (state !== 'never-asked') return state
      return gated === 'auto' ? 'terms' : 'approval'
    }
    case 404:
      return refusal.hubCode === undefined || refusal.hubCode === 'RepoNotFound' ? 'hidden' : 'unknown'
    default:
      return 'unknown'
  }
}

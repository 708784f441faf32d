import { Refusal } from '../http/refusal.ts'
import type { EmulatedModel } from '../models/model.ts'
import type { AccessRequest } from './access-requests.ts'
import type { Caller } from './accounts.ts'
import { mayReadGated, passesUnasked } from './rights.ts'

/** The Hub's own words. They name huggingface.co wherever the Hub runs: people and tools know them that way. */
const HUB = 'https://huggingface.co'

/**
 * Why the caller does not get at the contents of a gated model; `undefined` for those let in.
 *
 * The texts are the Hub's: for a logged-in caller nothing else tells four refusals apart.
 */
export function gateRefusal(
  model: EmulatedModel,
  caller: Caller,
  requestOf: (user: string) => AccessRequest | undefined,
): Refusal | undefined {
  if (model.gated === false) return undefined
  if (caller.kind !== 'account') return new Refusal(401, anonymousText(model.id), 'GatedRepo')
  const { account, token } = caller
  if (!mayReadGated(model, token)) return new Refusal(403, TOKEN_TEXT)
  if (passesUnasked(model, account)) return undefined
  const status = requestOf(account.name)?.status
  return status === 'accepted' ? undefined : new Refusal(403, refusalText(model.id, status), 'GatedRepo')
}

const TOKEN_TEXT =
  'Please enable access to public gated repositories in your fine-grained token settings to view this repository.'

function anonymousText(id: string): string {
  return `Access to model ${id} is restricted. You must have access to it and be authenticated to access it. Please log in.`
}

function refusalText(id: string, status: 'pending' | 'rejected' | 'reset' | undefined): string {
  switch (status) {
    case 'pending':
      return `Your request to access model ${id} is awaiting a review from the repo authors.`
    case 'rejected':
      return `Your request to access model ${id} has been rejected by the repo's authors.`
    case 'reset':
      return `Your request to access model ${id} has been reset by the repo's authors. Visit ${HUB}/${id} to submit a new request.`
    case undefined:
      return `Access to model ${id} is restricted and you are not in the authorized list. Visit ${HUB}/${id} to ask for access.`
  }
}

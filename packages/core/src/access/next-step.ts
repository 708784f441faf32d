import type { ErrorCode } from '../errors.ts'
import { tokensPage } from '../settings/endpoint.ts'
import type { AccessState } from './access-state.ts'

/** The one thing to do next, and where. */
export interface NextStep {
  readonly text: string
  readonly url: string
}

export interface NextStepContext {
  readonly modelId: string
  /** Without a closing slash. @default 'https://huggingface.co' */
  readonly endpoint?: string
  /** Names that are spelled much like this one, nearest first. */
  readonly suggestions?: readonly string[]
  readonly hasToken?: boolean
  /** Of `unknown`: what kept the Hub from answering. @default 'silence' */
  readonly stall?: Stall
}

/** Why nothing is known: nobody asked, nobody answered, or the answer was one we do not understand. */
export type Stall = 'offline' | 'silence' | 'busy' | 'words'

/** @param code of the error that stood in the way; none where the Hub answered in words we do not know */
export function stallOf(code: ErrorCode | undefined): Stall {
  if (code === undefined) return 'words'
  if (code === 'ERR_OFFLINE') return 'offline'
  return code === 'ERR_HUB_UNREACHABLE' ? 'silence' : 'busy'
}

const stallSteps: Readonly<Record<Stall, string>> = {
  offline: 'check again without offline mode',
  silence: 'check again when the Hub can be reached: `hubgate doctor` looks for the cause',
  busy: 'check again later: the Hub gave no usable answer',
  words: 'read what the Hub says, and look at the model page',
}

/** What to do about an access state, as one sentence and one link. */
export function nextStep(state: AccessState, context: NextStepContext): NextStep {
  const {
    modelId,
    endpoint = 'https://huggingface.co',
    suggestions = [],
    hasToken = false,
    stall = 'silence',
  } = context
  const page = `${endpoint}/${modelId.split('/').map(encodeURIComponent).join('/')}`
  const name = modelId.split('/').at(-1) ?? modelId
  const relatives = `${endpoint}/models?${new URLSearchParams({ search: name }).toString()}`
  switch (state) {
    case 'public':
    case 'granted':
      return { text: 'get it', url: `${page}/tree/main` }
    case 'sign-in':
      return {
        text: 'create a token, then give it to `hubgate token set`',
        url: `${tokensPage(endpoint)}/new?tokenType=read`,
      }
    case 'terms':
      return { text: 'open the model page, accept the terms, then check again', url: page }
    case 'approval':
      return { text: 'open the model page and ask for access, then wait for the authors', url: page }
    case 'pending':
      return { text: 'nothing to do but wait: `hubgate access --watch` tells when the authors answer', url: page }
    case 'rejected':
      return { text: 'look for a relative of this model', url: relatives }
    case 'reset':
      return { text: 'open the model page and ask again', url: page }
    case 'token-scope':
      return {
        text: 'tick "Read access to contents of all public gated repos you can access" for this token, or make one that has it',
        url: `${tokensPage(endpoint)}/new?canReadGatedRepos=true&tokenType=fineGrained`,
      }
    case 'token-invalid':
      return { text: 'create a new token, then give it to `hubgate token set`', url: tokensPage(endpoint) }
    case 'hidden':
      return suggestions[0] === undefined
        ? {
            text: hasToken
              ? 'check the spelling, or ask its owner to let you in'
              : 'check the spelling, or sign in if it is private',
            url: relatives,
          }
        : { text: `check the spelling: did you mean ${suggestions.join(', ')}?`, url: relatives }
    case 'disabled':
      return { text: 'look for a relative of this model', url: relatives }
    case 'unknown':
      return { text: stallSteps[stall], url: page }
  }
}

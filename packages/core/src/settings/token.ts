import { Secret } from '../util/secret.ts'
import { type Environment, firstSet, isTruthy } from './environment.ts'
import type { Folders } from './folders.ts'
import { parseStoredTokens } from './stored-tokens.ts'

export interface Token {
  readonly secret: Secret
  /** For people: `HF_TOKEN`, or the path of the file. */
  readonly from: string
  /** The name it was stored under by `hf auth login`, where there is one. */
  readonly name?: string
  /** Unix seconds; for tokens from a browser login. */
  readonly expiresAt?: number
}

export interface TokenInputs {
  readonly environment: Environment
  readonly folders: Folders
  /** What the two files hold; `undefined` where there is none or it cannot be read. */
  readonly tokenFile: string | undefined
  readonly storedTokensFile: string | undefined
}

export interface TokenChoice {
  readonly token: Token | undefined
  /** One line each, for people: what was ignored and why. Never holds a token. */
  readonly notices: readonly string[]
}

/**
 * Which token is used, in the order of `huggingface_hub`: `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, the token file.
 * @see hub-protocol 8.1 and 8.2
 */
export function chooseToken(inputs: TokenInputs): TokenChoice {
  const { environment, folders } = inputs
  const fromEnvironment = firstSet(environment, ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'])
  const stored = clean(inputs.tokenFile)
  const found = fromEnvironment
    ? { text: clean(fromEnvironment.value) ?? '', from: fromEnvironment.name }
    : stored === undefined
      ? undefined
      : { text: stored, from: folders.tokenPath }
  if (found === undefined) return { token: undefined, notices: [] }

  if (isTruthy(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'])) {
    return {
      token: undefined,
      notices: [`the token from ${found.from} is not used: HF_HUB_DISABLE_IMPLICIT_TOKEN is set`],
    }
  }
  if (!isPossibleToken(found.text)) {
    return {
      token: undefined,
      notices: [`the token from ${found.from} is not used: it holds characters that no token has`],
    }
  }
  const notices =
    fromEnvironment && stored !== undefined && stored !== found.text
      ? [`the token from ${found.from} hides another one, stored in ${folders.tokenPath}`]
      : []
  const entry = parseStoredTokens(inputs.storedTokensFile ?? '').find(({ secret }) => secret.reveal() === found.text)
  return {
    token: {
      secret: new Secret(found.text),
      from: found.from,
      ...(entry === undefined ? {} : { name: entry.name }),
      ...(entry?.expiresAt === undefined ? {} : { expiresAt: entry.expiresAt }),
    },
    notices,
  }
}

/** Line breaks and blanks around it go, as in Python; nothing left is no token. */
function clean(text: string | undefined): string | undefined {
  const trimmed = text?.replaceAll(/[\r\n]/g, '').trim()
  return trimmed === '' ? undefined : trimmed
}

/** What may stand in a header: visible ASCII and nothing else, of a length that is no accident. */
function isPossibleToken(text: string): boolean {
  return /^[\u0021-\u007E]{1,4096}$/.test(text)
}

import { Secret } from '../util/secret.ts'
import { type Environment, firstSet, isTruthy } from './environment.ts'
import type { Folders } from './folders.ts'
import type { Notice } from './notice.ts'
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

/** A place where a token was found. Never holds the token. */
export interface TokenSource extends Omit<Token, 'secret'> {
  /**
   * `chosen`: the first that was found. `same`: holds that token too. `hidden`: holds another one, which is passed over.
   * `unusable`: the first that was found, but no token can be what it holds. `off`: found first, and not to be used.
   */
  readonly state: 'chosen' | 'same' | 'hidden' | 'unusable' | 'off'
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
  /** In the order in which they are looked at. */
  readonly sources: readonly TokenSource[]
  /** What was ignored and why. */
  readonly notices: readonly Notice[]
}

/**
 * Which token is used, in the order of `huggingface_hub`: `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, the token file.
 * @see hub-protocol 8.1 and 8.2
 */
export function chooseToken(inputs: TokenInputs): TokenChoice {
  const { environment, folders } = inputs
  const [first, ...others] = findTokens(inputs)
  if (first === undefined) return { token: undefined, sources: [], notices: [] }

  const label = labeller(inputs)
  const passedOver = others.map(({ text, from }): TokenSource => {
    return { from, ...label(text), state: text === first.text ? 'same' : 'hidden' }
  })
  const isOff = isTruthy(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'])
  const state = isOff ? 'off' : isPossibleToken(first.text) ? 'chosen' : 'unusable'
  const source: TokenSource = { from: first.from, ...label(first.text), state }
  return {
    token: state === 'chosen' ? { secret: new Secret(first.text), from: first.from, ...label(first.text) } : undefined,
    sources: [source, ...passedOver],
    notices: noticesOf(source, passedOver, folders),
  }
}

/** Line breaks and blanks around it go, as in Python; nothing left is no token. */
export function cleanToken(text: string | undefined): string | undefined {
  const trimmed = text?.replaceAll(/[\r\n]/g, '').trim()
  return trimmed === '' ? undefined : trimmed
}

interface FoundToken {
  readonly text: string
  readonly from: string
}

function findTokens({ environment, folders, tokenFile }: TokenInputs): FoundToken[] {
  const given = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'].flatMap((name) => {
    const text = cleanToken(firstSet(environment, [name])?.value)
    return text === undefined ? [] : [{ text, from: name }]
  })
  const stored = cleanToken(tokenFile)
  return stored === undefined ? given : [...given, { text: stored, from: folders.tokenPath }]
}

function labeller({ storedTokensFile }: TokenInputs): (text: string) => Pick<Token, 'name' | 'expiresAt'> {
  const stored = parseStoredTokens(storedTokensFile ?? '')
  return (text) => {
    const entry = stored.find(({ secret }) => secret.reveal() === text)
    return {
      ...(entry === undefined ? {} : { name: entry.name }),
      ...(entry?.expiresAt === undefined ? {} : { expiresAt: entry.expiresAt }),
    }
  }
}

function noticesOf({ from, state }: TokenSource, others: readonly TokenSource[], folders: Folders): Notice[] {
  const variable = 'HF_HUB_DISABLE_IMPLICIT_TOKEN'
  if (state === 'off')
    return [
      { text: `the token from ${from} is not used, since ${variable} is set`, remedy: `unset ${variable} to use it` },
    ]
  if (state === 'unusable')
    return [
      {
        text: `the token from ${from} is not used, since it holds characters that no token has`,
        remedy: 'put the whole of it there, and nothing else',
      },
    ]
  return others
    .filter((other) => other.state === 'hidden')
    .map((other) => ({
      text: `the token from ${from} hides another one, ${other.from === folders.tokenPath ? 'stored in' : 'from'} ${other.from}`,
      remedy: `unset ${from} to use that one`,
    }))
}

/** What may stand in a header: visible ASCII and nothing else, of a length that is no accident. */
function isPossibleToken(text: string): boolean {
  return /^[\u0021-\u007E]{1,4096}$/.test(text)
}

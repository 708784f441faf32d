import { stripControlCharacters } from '../util/control-characters.ts'
import { Secret } from '../util/secret.ts'

/** One section of `stored_tokens`. */
export interface StoredToken {
  readonly name: string
  readonly secret: Secret
  /** Unix seconds. */
  readonly expiresAt?: number
}

/**
 * Reads the INI file in which `hf auth login` keeps all tokens. Lines that make no sense are passed over: the file is not ours.
 * @see hub-protocol 8.2
 */
export function parseStoredTokens(text: string): StoredToken[] {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  for (const line of text.slice(0, 1_000_000).split(/\r?\n/)) {
    const name = /^\s*\[(.+)\]\s*$/.exec(line)?.[1]
    const [, key, value] = /^\s*([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (name !== undefined) sections.set(stripControlCharacters(name), (section = new Map()))
    else if (key !== undefined && value !== undefined) section?.set(key, value)
  }
  return [...sections].flatMap(([name, values]) => {
    const token = values.get('hf_token')
    const expiresAt = Number(values.get('expires_at') ?? Number.NaN)
    if (token === undefined || token === '') return []
    return [{ name, secret: new Secret(token), ...(Number.isFinite(expiresAt) ? { expiresAt } : {}) }]
  })
}

import { isSha256 } from '../../util/hex-digest.ts'
import { asString, isObject } from '../../util/json.ts'

/** A place that Hubgate wrote a token to. The token itself is not in it: by its hash Hubgate knows its own work again. */
export interface WrittenToken {
  /** The file. */
  readonly path: string
  /** The section, in a file that holds several. */
  readonly name?: string
  readonly tokenHash: string
  /** ISO 8601. */
  readonly writtenAt: string
}

/** Reads the record of `written-tokens.json`. What cannot be read was not written by us: such lines are left out. */
export function parseWrittenTokens(text: string): WrittenToken[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  if (!isObject(value) || !Array.isArray(value['tokens'])) return []
  return value['tokens'].flatMap((entry: unknown) => {
    if (!isObject(entry)) return []
    const { path, name, tokenHash, writtenAt } = entry
    if (typeof path !== 'string' || typeof tokenHash !== 'string' || !isSha256(tokenHash)) return []
    return [{ path, tokenHash, writtenAt: asString(writtenAt) ?? '', ...(typeof name === 'string' ? { name } : {}) }]
  })
}

export function formatWrittenTokens(tokens: readonly WrittenToken[]): string {
  return `${JSON.stringify({ tokens }, undefined, 2)}\n`
}

export function isSamePlace(a: Pick<WrittenToken, 'path' | 'name'>, b: Pick<WrittenToken, 'path' | 'name'>): boolean {
  return a.path === b.path && a.name === b.name
}

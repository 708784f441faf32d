import { readFile } from 'node:fs/promises'
import { HubgateError } from '../../errors.ts'
import { Secret } from '../../util/secret.ts'
import type { Folders } from '../folders.ts'
import { parseStoredTokens, type StoredToken } from '../stored-tokens.ts'
import { cleanToken } from '../token.ts'
import { parseWrittenTokens, type WrittenToken } from './written-tokens.ts'

/** The token files as they are, for whoever is about to change them. */
export interface TokenFiles {
  /** The token of the token file, the one that all tools use. */
  readonly active: Secret | undefined
  /** The text of `stored_tokens`; empty where there is none. */
  readonly storedText: string
  readonly stored: readonly StoredToken[]
  /** What Hubgate itself wrote, wherever that was. */
  readonly written: readonly WrittenToken[]
}

/**
 * Reads them all. A file that is absent is empty; one that cannot be read stops us, or writing would lose what it holds.
 * @throws {HubgateError} `ERR_SETTING`
 */
export async function readTokenFiles(folders: Folders): Promise<TokenFiles> {
  const [active, storedText = '', written = ''] = await Promise.all([
    readText(folders.tokenPath),
    readText(folders.storedTokensPath),
    readText(folders.writtenTokensPath),
  ])
  const token = cleanToken(active)
  return {
    active: token === undefined ? undefined : new Secret(token),
    storedText,
    stored: parseStoredTokens(storedText),
    written: parseWrittenTokens(written),
  }
}

const MAX_FILE_BYTES = 1_000_000

async function readText(file: string): Promise<string | undefined> {
  const refuse = (why: string, options?: ErrorOptions): never => {
    throw new HubgateError('ERR_SETTING', `Cannot use ${file}: ${why}`, { setting: 'token', from: file }, options)
  }
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    return refuse('it cannot be read', { cause: error })
  }
  if (bytes.length > MAX_FILE_BYTES) refuse('it is far larger than a file of tokens')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    return refuse('it is no text in UTF-8', { cause: error })
  }
}

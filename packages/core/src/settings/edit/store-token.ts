import type { Secret } from '../../util/secret.ts'
import type { Folders } from '../folders.ts'
import { tokenHash } from '../token-hash.ts'
import { removeFile, writePrivateFile } from './private-file.ts'
import { withoutStoredToken, withStoredToken } from './stored-tokens-edit.ts'
import { readTokenFiles, type TokenFiles } from './token-files.ts'
import { formatWrittenTokens, isSamePlace, type WrittenToken } from './written-tokens.ts'

export interface TokenToStore {
  /** As the Hub names it, or the person; what `storableName` let pass. */
  readonly name: string
  readonly secret: Secret
}

/** Where a token lies: a file, and the name of its section in one that holds several. */
export interface TokenPlace {
  readonly path: string
  readonly name?: string
}

/** A token that storing another one would put away. */
export interface ReplacedToken extends TokenPlace {
  /** The name under which it stays in the stored tokens; without one it would be gone. */
  readonly keptAs?: string
}

/**
 * The other tokens that storing this one would replace: ask first.
 * @throws {HubgateError} `ERR_SETTING` where a file cannot be read
 */
export async function findReplacedTokens(folders: Folders, token: TokenToStore): Promise<ReplacedToken[]> {
  const { active, stored } = await readTokenFiles(folders)
  const text = token.secret.reveal()
  const isOther = (secret: Secret | undefined): boolean => secret !== undefined && secret.reveal() !== text
  const staying = stored.filter(({ name }) => name !== token.name)
  const keptAs = staying.find(({ secret }) => secret.reveal() === active?.reveal())?.name
  const sameName = stored.find(({ name }) => name === token.name)
  return [
    ...(isOther(active) ? [{ path: folders.tokenPath, ...(keptAs === undefined ? {} : { keptAs }) }] : []),
    ...(isOther(sameName?.secret) ? [{ path: folders.storedTokensPath, name: token.name }] : []),
  ]
}

/**
 * Makes this the token of all Hugging Face tools on this machine, in the two files that `hf auth login` writes, and notes that
 * Hubgate did. A write that fails loses nothing: each file is replaced whole or stays.
 * @returns where it lies now
 * @throws {HubgateError} `ERR_SETTING`, `ERR_WRITE`
 * @see hub-protocol 8.2
 */
export async function storeToken(folders: Folders, token: TokenToStore, now: Date): Promise<TokenPlace[]> {
  const files = await readTokenFiles(folders)
  const places = [{ path: folders.storedTokensPath, name: token.name }, { path: folders.tokenPath }]
  const mark = { tokenHash: tokenHash(token.secret), writtenAt: now.toISOString() }
  // First the note: one that leads nowhere does no harm, a token nobody remembers writing cannot be removed.
  await writeNote(folders, [
    ...files.written.filter((entry) => !places.some((place) => isSamePlace(place, entry))),
    ...places.map((place) => ({ ...place, ...mark })),
  ])
  await writePrivateFile(folders.storedTokensPath, withStoredToken(files.storedText, token.name, token.secret))
  await writePrivateFile(folders.tokenPath, token.secret.reveal())
  return places
}

export interface RemovedTokens {
  readonly removed: readonly TokenPlace[]
  /** Tokens that somebody else put there, which stay. */
  readonly left: readonly TokenPlace[]
}

/**
 * Removes from this machine's token files what Hubgate wrote there and nothing else: a token that another tool has put in its
 * place stays.
 * @throws {HubgateError} `ERR_SETTING`, `ERR_WRITE`
 */
export async function removeWrittenTokens(folders: Folders): Promise<RemovedTokens> {
  const files = await readTokenFiles(folders)
  const places = placesOf(files, folders)
  const own = places.filter((place) => isOwn(place, files.written))
  const isOwnActive = own.some(({ path }) => path === folders.tokenPath)
  const names = own.flatMap(({ name }) => name ?? [])
  // The active token first: it is the one that is sent.
  if (isOwnActive) await removeFile(folders.tokenPath)
  if (names.length > 0) {
    const text = names.reduce(withoutStoredToken, files.storedText)
    if (text.trim() === '') await removeFile(folders.storedTokensPath)
    else await writePrivateFile(folders.storedTokensPath, text)
  }
  const elsewhere = files.written.filter(({ path }) => path !== folders.tokenPath && path !== folders.storedTokensPath)
  if (elsewhere.length < files.written.length) await writeNote(folders, elsewhere)
  return { removed: own.map(placeOf), left: places.filter((place) => !own.includes(place)).map(placeOf) }
}

function placeOf({ path, name }: FoundToken): TokenPlace {
  return { path, ...(name === undefined ? {} : { name }) }
}

type FoundToken = TokenPlace & { readonly secret: Secret }

function placesOf({ active, stored }: TokenFiles, folders: Folders): FoundToken[] {
  return [
    ...(active === undefined ? [] : [{ path: folders.tokenPath, secret: active }]),
    ...stored.map(({ name, secret }) => ({ path: folders.storedTokensPath, name, secret })),
  ]
}

function isOwn(place: FoundToken, written: readonly WrittenToken[]): boolean {
  return written.some((entry) => isSamePlace(entry, place) && entry.tokenHash === tokenHash(place.secret))
}

async function writeNote(folders: Folders, tokens: readonly WrittenToken[]): Promise<void> {
  if (tokens.length === 0) await removeFile(folders.writtenTokensPath)
  else await writePrivateFile(folders.writtenTokensPath, formatWrittenTokens(tokens))
}

import path from 'node:path'
import { isCommitHash, isEtag } from '../cache/layout.ts'
import { readPlainFile } from '../cache/read-plain-file.ts'
import { orUnread } from '../cache/system-code.ts'
import { asString, asWholeNumber, isObject } from '../util/json.ts'
import { keepText, keptFolder } from './kept-folder.ts'
import type { KnownFile } from './target.ts'

/** Of which commit, and where listings are kept. */
export interface ListingPlace {
  /** Ours, not the cache: there a listing would tell Python that files left out on purpose are missing. */
  readonly folder: string
  readonly modelId: string
  readonly commitHash: string
}

const FORMAT = 1
/** Some 150 bytes a file: enough for 400,000 of them. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024

/** What a commit holds never changes: kept, so that a later run knows without asking whether a snapshot is complete. */
export async function keepListing(place: ListingPlace, files: readonly KnownFile[]): Promise<void> {
  const rows = files.map(({ path: filePath, sizeBytes, etag }) => [filePath, sizeBytes, etag])
  await keepText(listingPath(place), JSON.stringify({ format: FORMAT, files: rows }))
}

/** A listing that was kept; `undefined` where there is none that can be read. */
export async function readListing(place: ListingPlace): Promise<KnownFile[] | undefined> {
  const reading = readPlainFile(listingPath(place), { encoding: 'utf8', maxBytes: MAX_LISTING_BYTES })
  const text = await orUnread(reading)
  const listing = text === undefined ? undefined : parse(text)
  if (!isObject(listing) || listing['format'] !== FORMAT || !Array.isArray(listing['files'])) return undefined
  const rows: readonly unknown[] = listing['files']
  const files = rows.flatMap((row) => parseRow(row) ?? [])
  return files.length === rows.length ? files : undefined
}

function parseRow(row: unknown): KnownFile | undefined {
  if (!Array.isArray(row)) return undefined
  const [filePath, size, hash] = [asString(row[0]), asWholeNumber(row[1]), asString(row[2])]
  if (filePath === undefined || size === undefined || hash === undefined || !isEtag(hash)) return undefined
  return { path: filePath, sizeBytes: size, etag: hash }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where it is kept what a commit holds. */
export function listingPath({ folder, modelId, commitHash }: ListingPlace): string {
  if (!isCommitHash(commitHash)) throw new TypeError(`Cannot keep a listing of "${commitHash}": expected 40 hex digits`)
  return path.join(keptFolder(folder, modelId), `${commitHash}.json`)
}

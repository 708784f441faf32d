import { asString, asWholeNumber, isObject } from '../util/json.ts'
import { isEtag, treePath } from './layout.ts'
import { readPlainFile } from './read-plain-file.ts'

export interface ListedFile {
  readonly sizeBytes: number
  readonly etag: string
}

/** Some 200 bytes a file: enough for 300,000 of them. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024

/**
 * The listing of a commit that `huggingface_hub` may have left; Hubgate writes none (docs/cache-layout.md says why).
 * `undefined` where there is none, or it cannot be read whole. @see hub-protocol 8.5
 */
export async function readTreeListing(
  repoFolder: string,
  commitHash: string,
): Promise<ReadonlyMap<string, ListedFile> | undefined> {
  const file = treePath(repoFolder, commitHash)
  const listing = parse(await readPlainFile(file, { encoding: 'utf8', maxBytes: MAX_LISTING_BYTES }))
  if (!isObject(listing) || listing['format_version'] !== 1 || !isObject(listing['files'])) return undefined
  const files = new Map<string, ListedFile>()
  for (const [filePath, entry] of Object.entries(listing['files'])) {
    const listed = parseEntry(entry)
    if (listed === undefined) return undefined
    files.set(filePath, listed)
  }
  return files
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

function parseEntry(entry: unknown): ListedFile | undefined {
  if (!isObject(entry)) return undefined
  const etag = asString(entry['lfs_sha256']) ?? asString(entry['blob_id']) ?? ''
  const sizeBytes = asWholeNumber(entry['lfs_size']) ?? asWholeNumber(entry['size'])
  return isEtag(etag) && sizeBytes !== undefined ? { etag, sizeBytes } : undefined
}

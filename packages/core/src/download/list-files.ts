import { repoFolderPath } from '../cache/repo-cache.ts'
import { readTreeListing } from '../cache/tree-listing.ts'
import { HubgateError } from '../errors.ts'
import type { HubClient } from '../hub/client.ts'
import { resolveFile } from '../hub/resolve-file.ts'
import { listTree, type TreeEntry } from '../hub/tree.ts'
import { keepListing, readListing } from './kept-listing.ts'
import { mapBounded } from './map-bounded.ts'
import { type RemoteFile, remoteFiles } from './plan-snapshot.ts'
import type { KnownFile } from './target.ts'

export interface ListingSubject {
  readonly modelId: string
  readonly cachedAs: string
  readonly commitHash: string
  readonly hubCache: string
  /** Where listings are kept; `undefined` keeps none. */
  readonly listingFolder: string | undefined
}

/** Ten times the largest repo known. A listing without end is no listing. */
const MAX_FILES = 1_000_000

/** What a commit holds, as far as this machine knows: kept by us, or left by Python. Asks nobody. */
export async function knownListing(subject: ListingSubject): Promise<KnownFile[] | undefined> {
  const { modelId, cachedAs, commitHash, hubCache, listingFolder: folder } = subject
  const kept = folder === undefined ? undefined : await readListing({ folder, modelId, commitHash })
  if (kept !== undefined) return kept
  const listed = await readTreeListing(repoFolderPath(hubCache, cachedAs), commitHash)
  return listed && Array.from(listed, ([path, file]) => ({ path, ...file }))
}

/**
 * What a commit holds, by the Hub's word, and keeps it.
 * @throws {HubgateError} as `listShown`, and as `resolveFile`
 */
export async function fetchListing(
  client: HubClient,
  subject: ListingSubject,
  signal: AbortSignal,
): Promise<KnownFile[]> {
  const { modelId, commitHash, listingFolder: folder } = subject
  const files = await withHashes(client, subject, await listShown(client, subject, signal), signal)
  // Only saves a question the next time: where it cannot be kept, it is asked again.
  if (folder !== undefined) await keepListing({ folder, modelId, commitHash }, files).catch(() => undefined)
  return files
}

/**
 * What a commit holds, as far as the Hub shows it to this caller: to those it lets not in, without hashes.
 * @throws {HubgateError} as `listTree`, and `ERR_HUB_ANSWER` where the listing cannot be read whole
 */
export async function listShown(
  client: HubClient,
  { modelId, commitHash }: Pick<ListingSubject, 'modelId' | 'commitHash'>,
  signal: AbortSignal,
): Promise<RemoteFile[]> {
  const entries: TreeEntry[] = []
  for await (const page of listTree(client, modelId, { revision: commitHash, signal })) {
    if (page.unreadable > 0) refuse(modelId, `${page.unreadable} of its files cannot be read`)
    for (const entry of page.entries) entries.push(entry)
    if (entries.length > MAX_FILES) refuse(modelId, `it has more than ${MAX_FILES} entries`)
  }
  return remoteFiles(entries)
}

/** Right after a gate has opened the listing may still hide hashes that each file's own answer gives. */
async function withHashes(
  client: HubClient,
  { modelId, commitHash }: ListingSubject,
  files: readonly RemoteFile[],
  signal: AbortSignal,
): Promise<KnownFile[]> {
  const etags = new Map<string, string>()
  const hidden = files.filter(({ etag }) => etag === undefined)
  await mapBounded(hidden, 8, async ({ path }) => {
    etags.set(path, (await resolveFile(client, { modelId, revision: commitHash, path }, { signal })).etag)
  })
  return files.map((file) => ({ ...file, etag: file.etag ?? etags.get(file.path) ?? '' }))
}

function refuse(modelId: string, why: string): never {
  throw new HubgateError('ERR_HUB_ANSWER', `Cannot read the list of files of ${modelId}: ${why}`, {
    url: modelId,
    reason: 'shape',
  })
}

import { localBooksPath } from '../cache/local-folder.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { readTreeListing } from '../cache/tree-listing.ts'
import { HubgateError } from '../errors.ts'
import type { HubClient } from '../hub/client.ts'
import type { HubModel } from '../hub/hub-model.ts'
import { modelPath } from '../hub/model-id.ts'
import { resolveFile } from '../hub/resolve-file.ts'
import { listTree, type TreeEntry } from '../hub/tree.ts'
import { endpointText } from '../settings/endpoint.ts'
import { mapBounded } from '../util/map-bounded.ts'
import { keepListing, readListing } from './kept-listing.ts'
import { type RemoteFile, remoteFiles } from './plan-snapshot.ts'
import type { KnownFile } from './target.ts'

export interface ListingSubject {
  readonly modelId: string
  readonly cachedAs: string
  readonly commitHash: string
  readonly hubCache: string
  /** Where listings are kept; `undefined` keeps none. */
  readonly listingFolder: string | undefined
  /** Whatever else the model was called: a commit holds the same under each name. */
  readonly names?: readonly string[]
  /** Where files are to lie instead of the cache: `hf` keeps a listing there, too. */
  readonly localFolder?: string | undefined
  /** What the Hub has just said of the commit: its file names are those of a listing, if it is whole. */
  readonly details?: HubModel | undefined
}

/** Ten times the largest repo known. A listing without end is no listing. */
const MAX_FILES = 1_000_000

/** What a commit holds, as far as this machine knows: kept by us, or left by Python. Asks nobody. One that lacks files is none. */
export async function knownListing(subject: ListingSubject): Promise<KnownFile[] | undefined> {
  const { modelId, cachedAs, names = [], commitHash, hubCache, listingFolder: folder, localFolder } = subject
  for (const id of folder === undefined ? [] : new Set([modelId, cachedAs, ...names])) {
    const kept = await readListing({ folder: folder ?? '', modelId: id, commitHash })
    if (kept !== undefined && hasAll(kept, subject)) return kept
  }
  const books = localFolder === undefined ? [] : [localBooksPath(localFolder)]
  for (const place of [...books, repoFolderPath(hubCache, cachedAs)]) {
    const listed = await readTreeListing(place, commitHash)
    const files = listed && Array.from(listed, ([path, file]) => ({ path, ...file }))
    if (files !== undefined && hasAll(files, subject)) return files
  }
  return undefined
}

function hasAll(files: readonly KnownFile[], { details }: ListingSubject): boolean {
  const paths = new Set(files.map(({ path }) => path))
  return details?.siblings?.every(({ rfilename }) => paths.has(rfilename)) ?? true
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
    if (page.unreadable > 0) refuse(client, modelId, `${page.unreadable} of its files cannot be read`)
    for (const entry of page.entries) entries.push(entry)
    if (entries.length > MAX_FILES) refuse(client, modelId, `it has more than ${MAX_FILES} entries`)
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

function refuse({ settings }: HubClient, modelId: string, why: string): never {
  throw new HubgateError('ERR_HUB_ANSWER', `Cannot read the list of files of ${modelId}: ${why}`, {
    url: `${endpointText(settings.endpoint)}${modelPath(modelId)}`,
    reason: 'shape',
  })
}

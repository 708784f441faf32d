import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { CachedRepo } from './cached-repo.ts'
import { parseRepoFolderName, type RepoName } from './layout.ts'
import { mapSome } from './map-some.ts'
import { SYSTEM_FILES, scanRepo } from './scan-repo.ts'
import { isSystemError, orAbsent } from './system-code.ts'
import { walkFiles } from './walk-files.ts'

export interface CacheScan {
  readonly hubCache: string
  /** By type and id. */
  readonly repos: readonly CachedRepo[]
  /** Of the store that `huggingface_hub` 2 shares between repos; its content is counted in their sizes too. */
  readonly sharedStoreBytes: number
  /** What lies in the cache and belongs to no repo. */
  readonly strangers: readonly string[]
}

/** What lies there by right. @see huggingface_hub, `_shared_blobs.py` for the last one */
const KNOWN_NAMES: readonly string[] = [...SYSTEM_FILES, '.locks', 'CACHEDIR.TAG', 'version.txt']
const SHARED_STORE = 'blobs'
const SHARED_STORE_MARKER = '.huggingface-shared-blobs'

/** Reads a whole cache. An empty one where the folder is not there. Nothing is changed. */
export async function scanCache(hubCache: string, signal?: AbortSignal): Promise<CacheScan> {
  const names = ((await orAbsent(readdir(hubCache))) ?? []).toSorted()
  const hasSharedStore = names.includes(SHARED_STORE) && (await isSharedStore(path.join(hubCache, SHARED_STORE)))
  const repos: CachedRepo[] = []
  const strangers: string[] = []
  for (const name of names) {
    signal?.throwIfAborted()
    const repo = parseRepoFolderName(name)
    const folder = path.join(hubCache, name)
    if (repo !== undefined && (await orAbsent(stat(folder)))?.isDirectory())
      repos.push(await scanRepo(folder, repo, signal).catch((error: unknown) => unreadableRepo(folder, repo, error)))
    else if (!KNOWN_NAMES.includes(name) && !(hasSharedStore && name === SHARED_STORE)) strangers.push(folder)
  }
  return {
    hubCache,
    repos,
    strangers,
    sharedStoreBytes: hasSharedStore ? await folderBytes(path.join(hubCache, SHARED_STORE)) : 0,
  }
}

/**
 * One that the system lets us read only in part counts as empty: of what can be seen nobody knows whether something else uses
 * it, and nothing of it may be cleared away.
 * @throws whatever is no error of the system
 */
async function unreadableRepo(folder: string, name: RepoName, error: unknown): Promise<CachedRepo> {
  if (!isSystemError(error)) throw error
  const moment = (await orAbsent(stat(folder)))?.mtime ?? new Date(0)
  return {
    ...name,
    folder,
    revisions: [],
    refs: new Map(),
    blobs: [],
    leftovers: [],
    problems: [{ kind: 'unreadable', path: pathOf(error) ?? folder }],
    sizeBytes: 0,
    lastUsedAt: moment,
    lastModifiedAt: moment,
  }
}

function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined
}

async function isSharedStore(folder: string): Promise<boolean> {
  return (await orAbsent(stat(path.join(folder, SHARED_STORE_MARKER))))?.isFile() ?? false
}

async function folderBytes(folder: string): Promise<number> {
  const sizes = await mapSome(await walkFiles(folder), async (file) => (await orAbsent(stat(file.path)))?.size ?? 0)
  return sizes.reduce((total, size) => total + size, 0)
}

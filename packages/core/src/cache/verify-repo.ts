import path from 'node:path'
import { mapBounded } from '../util/map-bounded.ts'
import type { CachedFile, CachedRepo } from './cached-repo.ts'
import { isEtag } from './layout.ts'
import { readTreeListing } from './tree-listing.ts'

/** What a file must hash to: SHA-256 (64 hex) of its content, or git's SHA-1 (40 hex) of it as a blob. */
export interface VerifySubject {
  readonly path: string
  readonly etag: string
  readonly sizeBytes: number
}

export interface DamagedFile extends VerifySubject {
  /** What it hashes to. */
  readonly actual: string
  /** The paths in snapshots that lead to it. */
  readonly usedBy: readonly string[]
}

/** It may be whole: somebody else's, on a drive that is away, or changed while it was read. */
export interface UnreadFile {
  readonly path: string
  readonly reason: string
}

export interface VerifyReport {
  readonly verifiedFiles: number
  readonly verifiedBytes: number
  readonly damaged: readonly DamagedFile[]
  /** Content that could not be read to its end. */
  readonly unread: readonly UnreadFile[]
  /** Content of which nobody here knows what it should be: its name is no hash, and no listing tells. */
  readonly unverifiable: readonly string[]
}

export interface VerifyOptions {
  /** Hashes a whole file off the main thread. Rejects where it could not. */
  readonly digest: (subject: VerifySubject) => Promise<string>
  /** Files hashed at the same time. @default 1 */
  readonly atOnce?: number
  readonly signal?: AbortSignal | undefined
  /** Bytes done and bytes in all, after each file. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void
}

/**
 * Reads all content of a repo and holds it against what it is filed under. Needs no network: a blob's name is its hash, and
 * of files that lie in the snapshot itself a listing left by `huggingface_hub` may tell.
 */
export async function verifyRepo(repo: CachedRepo, options: VerifyOptions): Promise<VerifyReport> {
  const { subjects, unverifiable } = await subjectsOf(repo)
  const usedBy = Map.groupBy(
    repo.revisions.flatMap((revision) => revision.files),
    (file) => file.contentPath,
  )
  const verified: VerifySubject[] = []
  const damaged: DamagedFile[] = []
  const unread: UnreadFile[] = []
  const totalBytes = sumBytes(subjects)
  let doneBytes = 0
  const verify = async (subject: VerifySubject): Promise<void> => {
    options.signal?.throwIfAborted()
    const outcome = await digestOf(subject, options)
    options.signal?.throwIfAborted()
    if ('reason' in outcome) unread.push({ path: subject.path, reason: outcome.reason })
    else if (outcome.actual === subject.etag) verified.push(subject)
    else {
      const names = (usedBy.get(subject.path) ?? []).map((file) => file.path)
      damaged.push({ ...subject, actual: outcome.actual, usedBy: names })
    }
    doneBytes += subject.sizeBytes
    options.onProgress?.(doneBytes, totalBytes)
  }
  // Largest first: then nobody waits at the end for one that began last.
  const waiting = subjects.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
  await mapBounded(waiting, options.atOnce ?? 1, verify)
  return {
    verifiedFiles: verified.length,
    verifiedBytes: sumBytes(verified),
    damaged,
    unread,
    unverifiable,
  }
}

/** Of what cannot be hashed nobody knows whether it is whole, and what is called damaged may be removed. */
async function digestOf(
  subject: VerifySubject,
  { digest }: VerifyOptions,
): Promise<{ readonly actual: string } | { readonly reason: string }> {
  try {
    return { actual: await digest(subject) }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

function sumBytes(subjects: readonly VerifySubject[]): number {
  return subjects.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
}

async function subjectsOf(repo: CachedRepo): Promise<{ subjects: VerifySubject[]; unverifiable: string[] }> {
  const subjects: VerifySubject[] = []
  const unverifiable: string[] = []
  for (const { name, path: place, sizeBytes } of repo.blobs) {
    if (isEtag(name)) subjects.push({ path: place, etag: name, sizeBytes })
    else unverifiable.push(place)
  }
  const blobPaths = new Set(repo.blobs.map((blob) => blob.path))
  for (const { commitHash, files } of repo.revisions) {
    const loose = files.filter((file) => !blobPaths.has(file.contentPath))
    const listing = loose.length === 0 ? undefined : await readTreeListing(repo.folder, commitHash)
    for (const file of loose) {
      const isInSnapshot = file.contentPath.startsWith(repo.folder + path.sep)
      const etag = isInSnapshot ? listing?.get(file.path)?.etag : nameAsEtag(file)
      if (etag === undefined) unverifiable.push(file.contentPath)
      else subjects.push({ path: file.contentPath, etag, sizeBytes: file.sizeBytes })
    }
  }
  return { subjects, unverifiable }
}

/** A link may lead to a blob elsewhere, of another repo or on another disk. */
function nameAsEtag({ contentPath }: CachedFile): string | undefined {
  const name = path.basename(contentPath)
  return isEtag(name) ? name : undefined
}

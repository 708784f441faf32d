import { hasErrorCode } from '../errors.ts'
import type { DownloadSession } from './download-session.ts'
import { fetchListing } from './list-files.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import type { KnownFile } from './target.ts'

/** What a wrong listing makes of a good commit: bytes that are not those it names, files that are not there, names, sizes. */
const suspicious = ['ERR_INTEGRITY', 'ERR_FILE_NOT_FOUND', 'ERR_UNSAFE_PATH', 'ERR_NO_SPACE'] as const

/**
 * The Hub's own word, where a listing that lay here led to a failure that may be its fault: another tool may have left it, a disk
 * may have damaged it. It is kept in its place. `undefined` where it says the same, or cannot be had.
 */
export async function distrustListing(
  session: DownloadSession,
  subject: SnapshotSubject,
  known: readonly KnownFile[],
  failure: unknown,
): Promise<KnownFile[] | undefined> {
  if (!suspicious.some((code) => hasErrorCode(failure, code))) return undefined
  const fresh = await fetchListing(session.client, { ...session, ...subject }, session.signal).catch(() => undefined)
  return fresh === undefined || isSame(known, fresh) ? undefined : fresh
}

function isSame(known: readonly KnownFile[], fresh: readonly KnownFile[]): boolean {
  const files = new Map(known.map((file) => [file.path, file]))
  return (
    known.length === fresh.length &&
    fresh.every(({ path, etag, sizeBytes }) => {
      const file = files.get(path)
      return file?.etag === etag && file.sizeBytes === sizeBytes
    })
  )
}

import { createHash, type Hash } from 'node:crypto'
import { type FileStorage, storageOf } from '../hub/resolve-file.ts'

/** What an etag is the hash of. */
export interface HashSubject {
  readonly etag: string
  readonly sizeBytes: number
}

/**
 * A hash that ends in the etag if the bytes are right: SHA-256 of the content, or git's SHA-1 of a blob with its header.
 * @throws {TypeError} for an etag that is no hash
 * @see hub-protocol 6.3
 */
export function createContentHash({ etag, sizeBytes }: HashSubject): Hash {
  const storage: FileStorage | undefined = storageOf(etag)
  if (storage === undefined) throw new TypeError(`Cannot verify against "${etag}": expected 40 or 64 hex digits`)
  return storage === 'lfs' ? createHash('sha256') : createHash('sha1').update(`blob ${sizeBytes}\0`)
}

export function hashContent(subject: HashSubject, bytes: Uint8Array): string {
  return createContentHash(subject).update(bytes).digest('hex')
}

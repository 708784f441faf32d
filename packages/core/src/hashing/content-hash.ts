import { createHash, type Hash } from 'node:crypto'
import { isSha1, isSha256 } from '../util/hex-digest.ts'

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
  if (isSha256(etag)) return createHash('sha256')
  if (isSha1(etag)) return createHash('sha1').update(`blob ${sizeBytes}\0`)
  throw new TypeError(`Cannot verify against "${etag}": expected 40 or 64 hex digits`)
}

export function hashContent(subject: HashSubject, bytes: Uint8Array): string {
  return createContentHash(subject).update(bytes).digest('hex')
}

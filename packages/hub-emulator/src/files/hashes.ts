import { createHash, type Hash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import { type Content, readContent, sizeOf } from './content.ts'

const PART_BYTES = 4 * 1024 * 1024

/** Answers of a pure function, kept because reading 64 GiB twice helps nobody; the same for every emulator of a process. */
const known = new Map<string, Promise<string>>()

/** SHA-256 of a file, 64 hex: computed when first asked for, then kept by seed, header and size. */
export function sha256Of(content: Content): Promise<string> {
  return hashOf(content, 'sha256', '')
}

/** The name git gives to a file's bytes, 40 hex. */
export function gitBlobIdOf(content: Content): Promise<string> {
  return hashOf(content, 'sha1', `blob ${sizeOf(content)}\0`)
}

function hashOf(content: Content, algorithm: string, prefix: string): Promise<string> {
  if (content.kind === 'stored')
    return Promise.resolve(createHash(algorithm).update(prefix).update(content.bytes).digest('hex'))
  const key = [algorithm, content.seed, content.size, hex('sha256', content.header)].join('\0')
  const found = known.get(key) ?? readThrough(content, createHash(algorithm).update(prefix))
  known.set(key, found)
  return found
}

async function readThrough(content: Content, hash: Hash): Promise<string> {
  const size = sizeOf(content)
  for (let start = 0; start < size; start += PART_BYTES) {
    hash.update(readContent(content, start, Math.min(size, start + PART_BYTES)))
    // Other requests are answered meanwhile.
    await breathe()
  }
  return hash.digest('hex')
}

/** 40 hex that depend on the text alone: commits, trees. */
export function madeUpId(text: string): string {
  return hex('sha1', text)
}

/** 64 hex that look like a SHA-256 of the file and are none: what the CDN calls its etag. */
export function madeUpXetHash(sha256: string): string {
  return hex('sha256', `xet ${sha256}`)
}

function hex(algorithm: string, data: string | Buffer): string {
  return createHash(algorithm).update(data).digest('hex')
}

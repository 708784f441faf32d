import { createCipheriv, createHash } from 'node:crypto'

/** What is in a file: bytes at hand, or bytes that are computed from their place and never stored. */
export type Content = StoredContent | ComputedContent

export interface StoredContent {
  readonly kind: 'stored'
  readonly bytes: Buffer
}

export interface ComputedContent {
  readonly kind: 'computed'
  /** Two files of one seed, header and size hold the same bytes. */
  readonly seed: string
  /** What stands at the start as it is: the true header of a weights file. */
  readonly header: Buffer
  /** Bytes in all, header included. */
  readonly size: number
}

export function storedContent(text: string | Uint8Array): StoredContent {
  return { kind: 'stored', bytes: typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(text) }
}

export function computedContent(size: number, seed: string): ComputedContent {
  if (!(Number.isSafeInteger(size) && size >= 0)) throw new RangeError(`Cannot make a file of ${size} bytes`)
  return { kind: 'computed', seed, header: Buffer.alloc(0), size }
}

export function sizeOf(content: Content): number {
  return content.kind === 'stored' ? content.bytes.length : content.size
}

/** Bytes `start` up to but without `end`. The same place always holds the same byte. */
export function readContent(content: Content, start: number, end: number): Buffer {
  if (content.kind === 'stored') return content.bytes.subarray(start, end)
  const { header, seed } = content
  const fromHeader = header.subarray(Math.min(start, header.length), Math.min(end, header.length))
  if (end <= header.length) return fromHeader
  const stream = readStream(seed, Math.max(start, header.length) - header.length, end - header.length)
  return fromHeader.length === 0 ? stream : Buffer.concat([fromHeader, stream])
}

const BLOCK_BYTES = 16
/** What is encrypted to get the key stream alone; more than that at once is rare. */
const ZEROS = Buffer.alloc(4 * 1024 * 1024 + BLOCK_BYTES)

/** An AES-CTR key stream can be entered at any block: its counter is the number of the block. */
function readStream(seed: string, start: number, end: number): Buffer {
  const block = Math.floor(start / BLOCK_BYTES)
  const counter = Buffer.alloc(BLOCK_BYTES)
  counter.writeBigUInt64BE(BigInt(block), 8)
  const key = createHash('sha256').update(seed).digest().subarray(0, 16)
  const skipped = start - block * BLOCK_BYTES
  const length = skipped + end - start
  const zeros = length <= ZEROS.length ? ZEROS.subarray(0, length) : Buffer.alloc(length)
  return createCipheriv('aes-128-ctr', key, counter).update(zeros).subarray(skipped)
}

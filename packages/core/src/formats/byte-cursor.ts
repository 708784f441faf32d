import type { ByteReader } from './byte-reader.ts'
import { headerError, MAX_HEADER_BYTES } from './header-error.ts'

/** Read at once. A header of a small vocabulary fits in one, of a large one in a dozen. */
const CHUNK_BYTES = 1024 * 1024

/**
 * Walks forward through a GGUF header in chunks. Holds one chunk at a time, and never goes beyond the header limit, whatever
 * lengths the header claims.
 */
export class ByteCursor {
  readonly #reader: ByteReader
  readonly #signal: AbortSignal | undefined
  #view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the chunk begins in the file, and how far in it we are. */
  #start = 0
  #offset = 0

  constructor(reader: ByteReader, signal?: AbortSignal) {
    this.#reader = reader
    this.#signal = signal
  }

  /** Bytes of the header gone through so far. */
  get position(): number {
    return this.#start + this.#offset
  }

  /** Makes the next `count` bytes readable. */
  async need(count: number): Promise<void> {
    if (this.#view.byteLength - this.#offset < count) await this.#load(count)
  }

  /** Are the next `count` bytes here already? Saves loops an `await` for each of a hundred thousand values. */
  has(count: number): boolean {
    return this.#view.byteLength - this.#offset >= count
  }

  /** Goes past `count` bytes without reading them. */
  skip(count: number): void {
    this.#check(count)
    this.#offset += count
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  float32(): number {
    return this.#view.getFloat32(this.#advance(4), true)
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true)
  }

  /** An unsigned 64-bit number; beyond 2^53 it is too large for any use here, and stays so. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true))
  }

  int64(): number {
    return Number(this.#view.getBigInt64(this.#advance(8), true))
  }

  text(length: number): string {
    const at = this.#advance(length)
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length))
  }

  #advance(count: number): number {
    const at = this.#offset
    this.#offset += count
    return at
  }

  async #load(count: number): Promise<void> {
    this.#signal?.throwIfAborted()
    this.#check(count)
    const start = this.position
    const end = Math.min(this.#reader.sizeBytes, start + Math.max(count, CHUNK_BYTES))
    const bytes = end <= start ? new Uint8Array() : await this.#reader.read(start, end)
    if (bytes.byteLength < count) throw headerError('GGUF', 'the file ends before its header does')
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#start = start
    this.#offset = 0
  }

  #check(count: number): void {
    if (!(this.position + count <= MAX_HEADER_BYTES))
      throw headerError('GGUF', `it claims to be longer than ${MAX_HEADER_BYTES} bytes`)
  }
}

import type { ByteRange } from '../hub/open-range.ts'

export interface ChunkQueueOptions {
  /** How many connections may share the rest. */
  readonly lanes: number
  /** What a crash may cost each connection. */
  readonly minChunkBytes: number
  /** @default 64 MiB */
  readonly maxChunkBytes?: number
}

/**
 * Hands out what is missing of a file, from its start on: hashing follows close behind.
 *
 * Pieces grow while the line is the slow part, so that few answers are waited for. Where we are the slow part (a limit, a disk),
 * what was asked for piles up in the memory of the system and a crash would lose it: then they are small. Towards the end they
 * are small too, so that all connections end together.
 */
export class ChunkQueue {
  readonly #missing: ByteRange[]
  readonly #lanes: number
  readonly #minChunkBytes: number
  readonly #maxChunkBytes: number
  #chunkBytes: number
  #leftBytes: number

  constructor(missing: readonly ByteRange[], options: ChunkQueueOptions) {
    this.#missing = [...missing]
    this.#lanes = options.lanes
    this.#minChunkBytes = options.minChunkBytes
    this.#maxChunkBytes = options.maxChunkBytes ?? 64 * 1024 * 1024
    this.#chunkBytes = options.minChunkBytes
    this.#leftBytes = missing.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  get isEmpty(): boolean {
    return this.#missing.length === 0
  }

  take(): ByteRange | undefined {
    const first = this.#missing.shift()
    if (first === undefined) return undefined
    const share = Math.ceil(this.#leftBytes / (2 * this.#lanes))
    const size = Math.max(this.#minChunkBytes, Math.min(this.#chunkBytes, share))
    // A crumb is not worth an answer of its own.
    const end = first.end - first.start < size + this.#minChunkBytes / 2 ? first.end : first.start + size
    if (end < first.end) this.#missing.unshift({ start: end, end: first.end })
    this.#leftBytes -= end - first.start
    return { start: first.start, end }
  }

  /** A piece came, and whether the line was ahead of us. */
  learn({ start, end }: ByteRange, { isAhead }: { readonly isAhead: boolean }): void {
    if (isAhead) this.#chunkBytes = Math.max(this.#minChunkBytes, this.#chunkBytes >> 2)
    // What was asked for before it grew says nothing about the new size.
    else if (end - start >= this.#chunkBytes) this.#chunkBytes = Math.min(this.#maxChunkBytes, this.#chunkBytes * 2)
  }
}

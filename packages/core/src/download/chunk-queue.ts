import type { ByteRange } from '../hub/open-range.ts'

export interface ChunkQueueOptions {
  /** How many connections may share the rest. */
  readonly lanes: number
  /** @default 4 MiB */
  readonly minChunkBytes?: number
  /** @default 64 MiB */
  readonly maxChunkBytes?: number
}

/**
 * Hands out what is missing of a file, from its start on: hashing follows close behind. Pieces are large while much is left,
 * so that few answers are waited for, and small towards the end, so that all connections end together.
 */
export class ChunkQueue {
  readonly #missing: ByteRange[]
  readonly #lanes: number
  readonly #minChunkBytes: number
  readonly #maxChunkBytes: number
  #leftBytes: number

  constructor(missing: readonly ByteRange[], options: ChunkQueueOptions) {
    this.#missing = [...missing]
    this.#lanes = options.lanes
    this.#minChunkBytes = options.minChunkBytes ?? 4 * 1024 * 1024
    this.#maxChunkBytes = options.maxChunkBytes ?? 64 * 1024 * 1024
    this.#leftBytes = missing.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  get isEmpty(): boolean {
    return this.#missing.length === 0
  }

  take(): ByteRange | undefined {
    const first = this.#missing.shift()
    if (first === undefined) return undefined
    const share = Math.ceil(this.#leftBytes / (2 * this.#lanes))
    const size = Math.min(this.#maxChunkBytes, Math.max(this.#minChunkBytes, share))
    // A crumb is not worth an answer of its own.
    const end = first.end - first.start < size + this.#minChunkBytes / 2 ? first.end : first.start + size
    if (end < first.end) this.#missing.unshift({ start: end, end: first.end })
    this.#leftBytes -= end - first.start
    return { start: first.start, end }
  }
}

import type { ByteRange } from '../hub/open-range.ts'
import { Piece } from './piece.ts'

export interface ChunkQueueOptions {
  /** How many connections may share the rest. */
  readonly lanes: number
  /** What may be on its way where we are the slow part: a crash costs it again. */
  readonly crashBytes: number
  /** @default 512 KiB */
  readonly minChunkBytes?: number
  /** @default 64 MiB */
  readonly maxChunkBytes?: number
}

/** What would be there by then is waited for. */
const SLOW_MS = 3000
const WORTH_BYTES = 128 * 1024

/**
 * Hands out what is missing of a file, from its start on: hashing follows close behind.
 *
 * Pieces grow while the line is the slow part, so that few answers are waited for. Where we are the slow part (a limit, a disk,
 * a line of the machine itself), what was asked for piles up in the memory of the system and a crash would lose it: then no more
 * is asked for than it may cost, and each piece is half of what that leaves. Towards the end they are small too, so that all
 * connections end together; and where one is much slower than the others, these take over half of its piece.
 */
export class ChunkQueue {
  readonly #missing: ByteRange[]
  readonly #lanes: number
  readonly #crashBytes: number
  readonly #minChunkBytes: number
  readonly #maxChunkBytes: number
  readonly #active = new Set<Piece>()
  /** What the line has shown itself to be worth; nothing while we are the slow part. */
  #chunkBytes = 0
  #leftBytes: number

  constructor(missing: readonly ByteRange[], options: ChunkQueueOptions) {
    this.#missing = [...missing]
    this.#lanes = options.lanes
    this.#crashBytes = options.crashBytes
    this.#minChunkBytes = options.minChunkBytes ?? 512 * 1024
    this.#maxChunkBytes = options.maxChunkBytes ?? 64 * 1024 * 1024
    this.#leftBytes = missing.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  get isEmpty(): boolean {
    return this.#missing.length === 0
  }

  take(): Piece | undefined {
    const first = this.#missing.shift()
    if (first === undefined) return undefined
    const size = this.#nextBytes()
    // A crumb is not worth an answer of its own.
    const end = first.end - first.start < size + this.#minChunkBytes / 2 ? first.end : first.start + size
    if (end < first.end) this.#missing.unshift({ start: end, end: first.end })
    this.#leftBytes -= end - first.start
    const piece = new Piece({ start: first.start, end }, performance.now())
    this.#active.add(piece)
    return piece
  }

  /** Nothing is left to be handed out: takes half of a piece away that would be long in coming. `false` where there is none. */
  splitSlow(nowMs: number = performance.now()): boolean {
    const [slowest] = [...this.#active]
      .filter((piece) => piece.leftBytes >= WORTH_BYTES && piece.msLeft(nowMs) > SLOW_MS)
      .toSorted((one, other) => other.msLeft(nowMs) - one.msLeft(nowMs))
    if (slowest === undefined) return false
    const half = slowest.split()
    this.#missing.push(half)
    this.#leftBytes += half.end - half.start
    return true
  }

  /** A piece is no longer on its way. */
  end(piece: Piece): void {
    this.#active.delete(piece)
  }

  /** A piece came, and whether the line was ahead of us. */
  learn({ start, end }: Piece, { isAhead }: { readonly isAhead: boolean }): void {
    if (isAhead) this.#chunkBytes >>= 2
    // What was asked for before it grew says nothing about the new size.
    else if (end - start >= this.#chunkBytes) this.#chunkBytes = Math.min(this.#maxChunkBytes, (end - start) * 2)
  }

  #nextBytes(): number {
    const onItsWay = [...this.#active].reduce((sum, { leftBytes }) => sum + leftBytes, 0)
    const careful = (this.#crashBytes - onItsWay) / 2
    const share = Math.max(this.#leftBytes / (2 * this.#lanes), this.#crashBytes / this.#lanes)
    const wanted = Math.min(this.#maxChunkBytes, share, Math.max(careful, this.#chunkBytes))
    return Math.max(this.#minChunkBytes, Math.ceil(wanted))
  }
}

import type { ByteRange } from '../hub/open-range.ts'

/** An answer may take its time to begin. */
const EARLY_MS = 2000

/** A part of a file on its way over one connection. Its end may come nearer while it comes: then another has taken the rest over. */
export class Piece {
  readonly start: number
  readonly #begunMs: number
  #position: number
  #end: number

  constructor({ start, end }: ByteRange, nowMs: number) {
    this.start = start
    this.#position = start
    this.#end = end
    this.#begunMs = nowMs
  }

  get end(): number {
    return this.#end
  }

  get sizeBytes(): number {
    return this.#end - this.start
  }

  get leftBytes(): number {
    return this.#end - this.#position
  }

  /** So many bytes have come: where they belong, and how many of them still do. */
  advance(bytes: number): { readonly position: number; readonly own: number } {
    const position = this.#position
    const own = Math.min(bytes, this.leftBytes)
    this.#position += own
    return { position, own }
  }

  /** How long the rest will take at the speed so far: for ever where nothing comes, and no time while it is too early to tell. */
  msLeft(nowMs: number): number {
    const [came, tookMs] = [this.#position - this.start, nowMs - this.#begunMs]
    return tookMs < EARLY_MS ? 0 : (tookMs * this.leftBytes) / came
  }

  /** Gives the far half of what is left to another. */
  split(): ByteRange {
    const end = this.#end
    this.#end -= this.leftBytes >> 1
    return { start: this.#end, end }
  }
}

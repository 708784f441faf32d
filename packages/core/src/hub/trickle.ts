/** Whoever gives less has as good as died: what a fresh connection costs is less than what this one brings meanwhile. */
const MIN_BYTES_PER_SECOND = 256

/**
 * Tells a body that only trickles: no silence lasts long enough to end it, and it would hold up a whole download for days. Only
 * the time in which somebody waits for bytes counts; what a limit holds back is not the line's fault.
 */
export class Trickle {
  readonly #stallMs: number
  #waitedMs = 0
  #bytes = 0

  /** @param stallMs how long silence may last, and over what time the speed is taken */
  constructor(stallMs: number) {
    this.#stallMs = stallMs
  }

  /** So many bytes came after waiting so long. Is it too little? */
  isTooLittle(bytes: number, waitedMs: number): boolean {
    this.#bytes += bytes
    this.#waitedMs += waitedMs
    if (this.#waitedMs < this.#stallMs) return false
    const rate = (this.#bytes * 1000) / this.#waitedMs
    this.#bytes = 0
    this.#waitedMs = 0
    return rate < MIN_BYTES_PER_SECOND
  }
}

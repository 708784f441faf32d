import { setTimeout as sleep } from 'node:timers/promises'

/** Slows a transfer down to a number of bytes a second. For all connections together. */
export class ByteLimiter {
  readonly #bytesPerSecond: number
  /** When the bytes that were let through so far are paid for. */
  #paidAtMs = 0

  /** @param bytesPerSecond above 0; `Infinity` limits nothing */
  constructor(bytesPerSecond: number) {
    if (!(bytesPerSecond > 0))
      throw new RangeError(`Cannot limit the rate: it must be above 0: current value is ${bytesPerSecond}`)
    this.#bytesPerSecond = bytesPerSecond
  }

  get isLimiting(): boolean {
    return this.#bytesPerSecond !== Infinity
  }

  /** Settles when these bytes may be taken. Nothing is saved up while idle. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (!this.isLimiting) return
    const now = performance.now()
    const startMs = Math.max(now, this.#paidAtMs)
    this.#paidAtMs = startMs + (bytes / this.#bytesPerSecond) * 1000
    if (startMs > now) await sleep(startMs - now, undefined, signal ? { signal } : {})
  }
}

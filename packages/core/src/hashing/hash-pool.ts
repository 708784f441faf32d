import { availableParallelism } from 'node:os'
import { untilAborted } from '../util/until-aborted.ts'
import type { HashSubject } from './content-hash.ts'
import { Hasher } from './hasher.ts'

/** More threads than this would only wait for the disk. */
const MAX_THREADS = 4

/** Hashes whole files that are on disk already, several at once, each in a thread of its own. */
export class HashPool implements AsyncDisposable {
  /** Files it hashes at the same time; more wait for nothing but each other. */
  readonly atOnce: number = Math.min(MAX_THREADS, availableParallelism())
  readonly #hashers: Hasher[] = Array.from({ length: this.atOnce }, () => new Hasher())
  #next = 0

  /**
   * What a file hashes to in the manner of its etag. A file that is shorter than it should be is an error.
   * @throws what the signal was aborted with, at once, however large the file
   */
  async digest(path: string, { etag, sizeBytes }: HashSubject, signal: AbortSignal): Promise<string> {
    const hasher = this.#hashers[this.#next]
    this.#next = (this.#next + 1) % this.#hashers.length
    if (hasher === undefined) throw new Error('Cannot hash without a thread')
    using hashing = hasher.start(path, { etag, sizeBytes })
    hashing.advance(sizeBytes)
    return await untilAborted(hashing.digest, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hashers.map((hasher) => hasher[Symbol.asyncDispose]()))
  }
}

import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk, DiskFile } from '../cache/disk.ts'
import { orAbsent } from '../cache/system-code.ts'
import type { ByteRange } from '../hub/open-range.ts'
import { ByteRanges } from './byte-ranges.ts'
import { Journal, type JournalSubject } from './journal.ts'

export interface PartialFileOptions extends JournalSubject {
  readonly disk: Disk
  readonly path: string
  readonly journalPath: string
  /** How much may be written and not yet journaled: what a crash costs again. */
  readonly maxUncommittedBytes: number
}

/** So that a slow line does not wait for a whole group to fill. */
const COMMIT_AFTER_MS = 1000
const MAX_FLUSH_MS = 150

/**
 * Data that is still coming, at its final size from the start, and the journal of what of it is there.
 *
 * Ranges are claimed in groups: the file is synced, then the journal says so. Writing goes on meanwhile, and waits only
 * when more than was allowed is unclaimed.
 */
export class PartialFile implements AsyncDisposable {
  /** Bytes that were written, claimed or not. */
  readonly written: ByteRanges
  readonly #options: PartialFileOptions
  readonly #file: DiskFile
  readonly #journal: Journal
  #unclaimed: ByteRange[] = []
  #unclaimedBytes = 0
  #claimedAtMs = performance.now()
  #commit: Promise<void> | undefined
  #failure: Error | undefined
  /** Of the data itself, not of its journal. */
  #loss: Error | undefined

  private constructor(options: PartialFileOptions, file: DiskFile, journal: Journal) {
    this.#options = options
    this.#file = file
    this.#journal = journal
    this.written = new ByteRanges(journal.ranges)
  }

  /** Goes on with what an earlier run left, if it is of the same content. */
  static async open(options: PartialFileOptions): Promise<PartialFile> {
    const { disk, path, journalPath, sizeBytes } = options
    const before = await orAbsent(stat(path))
    // A journal whose data is gone would claim what is not there.
    if (before?.size !== sizeBytes) await disk.remove(journalPath)
    const file = await disk.open(path)
    try {
      if (before?.size !== sizeBytes) await file.truncate(sizeBytes)
      return new PartialFile(options, file, await Journal.open(disk, journalPath, options))
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
  }

  /** @throws what the disk says, also of an earlier group */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    while (this.#unclaimedBytes >= this.#options.maxUncommittedBytes) await this.#claim()
    this.#throwIfFailed()
    await this.#file.write(bytes, position)
    const range = { start: position, end: position + bytes.length }
    this.written.add(range)
    this.#unclaimed.push(range)
    this.#unclaimedBytes += bytes.length
    const isDue =
      this.#unclaimedBytes >= this.#options.maxUncommittedBytes / 2 ||
      performance.now() - this.#claimedAtMs > COMMIT_AFTER_MS
    // Whoever writes next hears of its failure.
    if (isDue) void this.#claim().catch(() => undefined)
  }

  /**
   * Everything was written, and nobody writes next.
   * @throws where the disk did not take some of it: it says so once, and to whoever syncs the file later no more
   */
  async settle(): Promise<void> {
    await this.#commit?.catch(() => undefined)
    if (this.#loss !== undefined) throw this.#loss
  }

  /** Claims what it can in a moment: a person who pressed Ctrl-C does not wait for the disk. */
  async flushBriefly(): Promise<void> {
    const flushed = this.#claim().catch(() => undefined)
    await Promise.race([flushed, sleep(MAX_FLUSH_MS, undefined, { ref: false })])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#commit?.catch(() => undefined)
    await this.#journal[Symbol.asyncDispose]()
    await this.#file[Symbol.asyncDispose]()
  }

  #claim(): Promise<void> {
    this.#commit ??= this.#claimGroup().finally(() => (this.#commit = undefined))
    return this.#commit
  }

  async #claimGroup(): Promise<void> {
    const group = new ByteRanges(this.#unclaimed)
    const groupBytes = this.#unclaimedBytes
    this.#unclaimed = []
    this.#claimedAtMs = performance.now()
    try {
      await this.#file.sync().catch((error: unknown) => {
        this.#loss = asError(error)
        throw this.#loss
      })
      await this.#journal.append(group)
      this.#unclaimedBytes -= groupBytes
    } catch (error) {
      this.#failure = asError(error)
      throw error
    }
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

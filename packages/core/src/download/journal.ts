import { crc32 } from 'node:zlib'
import type { Disk, DiskFile } from '../cache/disk.ts'
import { readPlainFile } from '../cache/read-plain-file.ts'
import type { ByteRange } from '../hub/open-range.ts'
import { ByteRanges } from './byte-ranges.ts'

/** Whose bytes a journal is about. A journal about anything else says nothing. */
export interface JournalSubject {
  readonly etag: string
  readonly sizeBytes: number
}

/**
 * Remembers which ranges of a partial file are on disk: a line each, only ever added to, each with its checksum.
 *
 * A line that was cut by a crash, and whatever stands behind it, counts for nothing. A journal is a hint that saves fetching
 * again; that the bytes are right is for the file's hash to say.
 */
export class Journal implements AsyncDisposable {
  /** What it told when it was opened. */
  readonly ranges: ByteRanges
  readonly #file: DiskFile
  #position: number

  private constructor(file: DiskFile, { ranges, position }: ReadJournal) {
    this.#file = file
    this.ranges = ranges
    this.#position = position
  }

  /** Goes on with the journal of that subject, or begins one. */
  static async open(disk: Disk, path: string, subject: JournalSubject): Promise<Journal> {
    const file = await disk.open(path)
    try {
      const read = readJournal((await readJournalText(path)) ?? '', subject)
      await file.truncate(read.position)
      const journal = new Journal(file, read)
      if (read.position === 0) await journal.#write(headerOf(subject))
      return journal
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The bytes of these ranges are on disk: call it after they were synced. */
  async append(ranges: Iterable<ByteRange>): Promise<void> {
    const lines = Array.from(ranges, ({ start, end }) => withChecksum(`${start} ${end}`))
    if (lines.length > 0) await this.#write(lines.join(''))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]()
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(text, 'latin1')
    await this.#file.write(bytes, this.#position)
    this.#position += bytes.length
  }
}

/** A line for each hundredth of a file on each connection, or each 128 KiB: no journal comes near it. */
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024

/** `undefined` where there is none. */
export async function readJournalText(path: string): Promise<string | undefined> {
  return readPlainFile(path, { encoding: 'latin1', maxBytes: MAX_JOURNAL_BYTES })
}

export interface ReadJournal {
  readonly ranges: ByteRanges
  /** Where the last whole line ends. */
  readonly position: number
}

/** Reads a journal's text as far as it is whole. */
export function readJournal(text: string, { etag, sizeBytes }: JournalSubject): ReadJournal {
  const ranges = new ByteRanges()
  const header = headerOf({ etag, sizeBytes })
  if (!text.startsWith(header)) return { ranges, position: 0 }
  let position = header.length
  for (;;) {
    const end = text.indexOf('\n', position)
    const range = end < 0 ? undefined : parseLine(text.slice(position, end + 1), sizeBytes)
    if (range === undefined) return { ranges, position }
    ranges.add(range)
    position = end + 1
  }
}

function headerOf({ etag, sizeBytes }: JournalSubject): string {
  return withChecksum(`hubgate-journal-1 ${etag} ${sizeBytes}`)
}

function withChecksum(text: string): string {
  return `${text} ${crc32(text).toString(16).padStart(8, '0')}\n`
}

function parseLine(line: string, sizeBytes: number): ByteRange | undefined {
  const match = /^(\d{1,16}) (\d{1,16}) [0-9a-f]{8}\n$/.exec(line)
  if (match === null || withChecksum(`${match[1]} ${match[2]}`) !== line) return undefined
  const [start, end] = [Number(match[1]), Number(match[2])]
  return start < end && end <= sizeBytes ? { start, end } : undefined
}

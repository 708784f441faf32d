import type { TransferWait } from '../hub/fetch-range.ts'
import type { DownloadEvent, DownloadProgress, FileProgress, FileState } from './events.ts'
import type { FileReport } from './transfer.ts'

export interface BoardFile {
  readonly path: string
  readonly sizeBytes: number
}

interface Entry extends BoardFile {
  state: FileState
  doneBytes: number
  /** By `performance.now`. */
  resumesAtMs: number
}

/** Counts the rate over this long: steady enough to read, quick enough to show a line that went dead. */
const RATE_WINDOW_MS = 5000

/** Keeps what is known of a download's course, for whoever looks. */
export class ProgressBoard {
  readonly #active = new Map<string, Entry>()
  readonly #totals: { doneBytes: number; doneFiles: number; readonly sizeBytes: number; readonly fileCount: number }
  readonly #tell: (event: DownloadEvent) => void
  /** When how many bytes had come over the line. */
  readonly #marks: { readonly atMs: number; readonly bytes: number }[] = [{ atMs: performance.now(), bytes: 0 }]
  #fetchedBytes = 0
  #isAway = false

  constructor(
    totals: {
      readonly sizeBytes: number
      readonly keptBytes: number
      readonly fileCount: number
      readonly keptFiles: number
    },
    tell: (event: DownloadEvent) => void = () => undefined,
  ) {
    const { sizeBytes, fileCount, keptBytes, keptFiles } = totals
    this.#totals = { sizeBytes, fileCount, doneBytes: keptBytes, doneFiles: keptFiles }
    this.#tell = tell
  }

  get fetchedBytes(): number {
    return this.#fetchedBytes
  }

  /** A file is begun: what it reports shows up here. */
  begin(file: BoardFile): FileReport {
    const entry: Entry = { ...file, state: 'queued', doneBytes: 0, resumesAtMs: 0 }
    this.#active.set(file.path, entry)
    return {
      resumed: (bytes) => {
        this.#advance(entry, bytes)
        // All was there, and is read once more: of a large file that takes its time.
        if (bytes > 0 && entry.doneBytes >= entry.sizeBytes) entry.state = 'verifying'
      },
      fetched: (bytes) => {
        this.#fetchedBytes += bytes
        this.#isAway = false
        this.#advance(entry, bytes)
        entry.state = entry.doneBytes >= entry.sizeBytes ? 'verifying' : 'fetching'
      },
      waiting: (wait) => this.#wait(entry, wait),
      mismatch: () => {
        this.#advance(entry, -entry.doneBytes)
        this.#tell({ type: 'retry', path: entry.path })
      },
    }
  }

  /** A file is in its place. */
  end({ path, sizeBytes }: BoardFile): void {
    this.#active.delete(path)
    this.#totals.doneFiles += 1
    this.#tell({ type: 'verified', path, sizeBytes })
  }

  look(): DownloadProgress {
    const { doneBytes, sizeBytes, doneFiles, fileCount } = this.#totals
    const bytesPerSecond = this.#rate()
    const files = [...this.#active.values()].filter(({ state }) => state !== 'queued').map(lookAt)
    const secondsLeft = bytesPerSecond > 0 ? Math.max(0, sizeBytes - doneBytes) / bytesPerSecond : undefined
    return {
      doneBytes,
      sizeBytes,
      bytesPerSecond,
      secondsLeft,
      doneFiles,
      fileCount,
      files,
    }
  }

  #advance(entry: Entry, bytes: number): void {
    entry.doneBytes += bytes
    this.#totals.doneBytes += bytes
  }

  #wait(entry: Entry, { failure, delayMs }: TransferWait): void {
    entry.state = failure === 'stalled' ? 'stalled' : 'waiting'
    entry.resumesAtMs = performance.now() + delayMs
    if (failure === 'away') return this.#missNetwork(delayMs)
    const reason = failure === 429 ? 'rate-limit' : failure === 'stalled' ? 'stalled' : 'retry'
    this.#tell({ type: 'waiting', reason, delayMs, path: entry.path })
  }

  /** All connections find it out, one after another. */
  #missNetwork(delayMs: number): void {
    if (!this.#isAway) this.#tell({ type: 'waiting', reason: 'network', delayMs, path: undefined })
    this.#isAway = true
  }

  #rate(): number {
    const now = performance.now()
    const marks = this.#marks
    marks.push({ atMs: now, bytes: this.#fetchedBytes })
    while (marks.length > 2 && (marks[1]?.atMs ?? now) < now - RATE_WINDOW_MS) marks.shift()
    const [first] = marks
    const elapsedMs = now - (first?.atMs ?? now)
    return elapsedMs > 0 ? ((this.#fetchedBytes - (first?.bytes ?? 0)) * 1000) / elapsedMs : 0
  }
}

function lookAt({ path, state, sizeBytes, doneBytes, resumesAtMs }: Entry): FileProgress {
  const resumesInMs = resumesAtMs - performance.now()
  const isWaiting = state === 'waiting' && resumesInMs > 0
  return { path, state, sizeBytes, doneBytes, ...(isWaiting ? { resumesInMs } : {}) }
}

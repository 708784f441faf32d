import type { Disk } from '../cache/disk.ts'
import type { Hasher } from '../hashing/hasher.ts'
import type { HubClient } from '../hub/client.ts'
import type { TransferWait } from '../hub/fetch-range.ts'
import type { ListedFile } from '../hub/file-address.ts'
import type { ByteLimiter } from './byte-limiter.ts'
import type { Connections } from './connection-budget.ts'

/** What all files of a download share. */
export interface Transfer {
  readonly client: HubClient
  readonly disk: Disk
  readonly budget: Connections
  readonly limiter: ByteLimiter
  readonly hasher: Hasher
  readonly maxConnectionsPerFile: number
  /** The longest silence of a connection. */
  readonly stallMs: number
  /** Whence anything has come since this download began: is the network to there away, it is worth waiting for. */
  readonly reached: Set<string>
  readonly patienceMs: number | undefined
  readonly signal: AbortSignal
}

/** One content to fetch, and where its data gathers until it is whole. */
export interface TransferFile extends ListedFile {
  readonly partialPath: string
  readonly journalPath: string
  /** The lowest goes first. */
  readonly rank: number
  readonly report: FileReport
}

/** Hears how a file gets on. */
export interface FileReport {
  /** Bytes that need not be fetched again. */
  resumed(bytes: number): void
  fetched(bytes: number): void
  waiting(wait: TransferWait): void
  /** All bytes came and are wrong: everything is fetched again. */
  mismatch(): void
}

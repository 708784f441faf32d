import type { AccessChecker } from '../access/check/checker.ts'
import type { Disk } from '../cache/disk.ts'
import type { HubClient } from '../hub/client.ts'
import type { Store } from '../store/store.ts'
import type { ByteLimiter } from './byte-limiter.ts'
import type { ConnectionBudget } from './connection-budget.ts'
import type { DownloadEvent } from './events.ts'
import type { FileChoice } from './plan-choice.ts'

/** What to get, and where to. */
export interface SnapshotRequest {
  /** Branch, tag, commit or `refs/pr/N`. @default 'main' */
  readonly revision?: string
  /** Which commit the revision led to earlier: then that one, whatever moved since. */
  readonly commitHash?: string
  /** When it led there: where the cache has seen it lead elsewhere since, the cache goes on remembering that. @default now */
  readonly commitAsOf?: Date
  /** @default what a runtime needs */
  readonly choice?: FileChoice
  /** A folder of the user's in place of the shared cache; absolute. */
  readonly localFolder?: string
  /** @default that of the client's settings */
  readonly hubCache?: string
}

export interface DownloadSnapshotOptions extends SnapshotRequest {
  readonly client: HubClient
  /** Answers about access are kept there, and who works on what. Without one, nothing is remembered and nobody waited for. */
  readonly store?: Store
  /** @default one of the client and the store */
  readonly checker?: AccessChecker
  /** Wait for a gate that can still open, instead of failing at it. @default false */
  readonly whenGranted?: boolean
  /** Begin even where the disk seems too small. @default false */
  readonly ignoreSpace?: boolean
  /** @default Infinity */
  readonly bytesPerSecond?: number
  /** Holds several downloads together to one rate. @default one of its own, of `bytesPerSecond` */
  readonly limiter?: ByteLimiter
  /** Holds several downloads together to one number of connections. @default one of its own, of `maxConnections` */
  readonly budget?: ConnectionBudget
  /** Connections in all. @default 16 for large files; 64 where small ones, which only wait, use them */
  readonly maxConnections?: number
  /** @default 8 */
  readonly maxConnectionsPerFile?: number
  /** The longest silence of a connection before another is tried. @default 30_000 */
  readonly stallMs?: number
  /** How long a network that goes away in the middle is waited for, from the last byte on. @default 120_000 */
  readonly patienceMs?: number
  /** @default as one try shows */
  readonly canLink?: boolean
  readonly disk?: Disk
  /** As `process.platform` gives it; decides which names may be written. */
  readonly platform?: string
  readonly onEvent?: (event: DownloadEvent) => void
  /** Ends it at once; what came stays, and the next run goes on from there. */
  readonly signal?: AbortSignal
  readonly now?: () => Date
}

export interface DownloadedSnapshot {
  /** As the Hub spells it now. */
  readonly modelId: string
  readonly renamedFrom: string | undefined
  /** The id that the model's folder in the cache is named after: a former one, or one in other letters, where it lies under that. */
  readonly cachedAs: string
  readonly commitHash: string
  /** The folder with the files. */
  readonly path: string
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[]
  /** What came over the line. */
  readonly fetchedBytes: number
  /** Everything was there before. */
  readonly wasComplete: boolean
  /** Offline, and nothing says which files there should be, or that those of the folder are of this revision: what is there was taken for it. */
  readonly isUncertain: boolean
  /** The Hub could not be reached: the revision led here when it was last asked, and may lead elsewhere by now. */
  readonly isUnconfirmed: boolean
}

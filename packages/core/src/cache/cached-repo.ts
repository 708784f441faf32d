import type { LeftoverKind, RepoName } from './layout.ts'

/** What a scan found of one repo. Sizes are of content, each blob counted once. */
export interface CachedRepo extends RepoName {
  readonly folder: string
  readonly sizeBytes: number
  readonly revisions: readonly CachedRevision[]
  /** By name; what they lead to need not be there: see `problems`. */
  readonly refs: ReadonlyMap<string, string>
  /** What lies in `blobs/` under no snapshot's name included. */
  readonly blobs: readonly CachedBlob[]
  readonly leftovers: readonly Leftover[]
  readonly problems: readonly CacheProblem[]
  /** When content was last read, as far as the file system notes it (most note it once a day). */
  readonly lastUsedAt: Date
  readonly lastModifiedAt: Date
}

export interface CachedRevision {
  readonly commitHash: string
  readonly folder: string
  /** Those that lead here. */
  readonly refs: readonly string[]
  readonly files: readonly CachedFile[]
  readonly sizeBytes: number
  readonly lastModifiedAt: Date
}

/** A file of a snapshot that leads to content. */
export interface CachedFile {
  /** As in the repo, with `/`. */
  readonly path: string
  /** Where the content lies: a blob, or the file itself where links cannot be made. */
  readonly contentPath: string
  readonly sizeBytes: number
}

export interface CachedBlob {
  /** Its name: most often its hash. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  /** A link into the store that `huggingface_hub` 2 shares between repos: removing it frees nothing by itself. */
  readonly isShared: boolean
  readonly lastUsedAt: Date
  readonly lastModifiedAt: Date
}

/** Something begun and not finished, or not cleaned up. */
export interface Leftover {
  readonly kind: LeftoverKind
  readonly path: string
  /** Taken on disk, which for partial data is less than its length. */
  readonly sizeBytes: number
  readonly lastModifiedAt: Date
}

/** What makes `hf cache ls` pass a whole repo over, or a snapshot be less than it seems. */
const problemKinds = ['no snapshots folder', 'file among snapshots', 'dangling link', 'dead ref', 'unreadable'] as const
export type ProblemKind = (typeof problemKinds)[number]

export interface CacheProblem {
  readonly kind: ProblemKind
  readonly path: string
}

import type { PlannedFile, PresentData, RemoteFile } from './plan-snapshot.ts'

/** A file of a commit whose hash is known. */
export interface KnownFile extends RemoteFile {
  readonly etag: string
}

/** One content, and every path of the snapshot that has it. */
export interface SnapshotContent {
  readonly etag: string
  readonly sizeBytes: number
  readonly paths: readonly string[]
  readonly action: PlannedFile['action']
}

/** Where a snapshot is put together: the shared cache, or a folder of the user's. */
export interface SnapshotTarget {
  /** Where the files are in the end. */
  readonly path: string
  /** What it is leased under, between processes. */
  leaseName(): Promise<string>
  /** What of these is there already. Looks only. */
  present(files: readonly KnownFile[]): Promise<PresentData>
  /** Are the files all at their own paths? `present` also counts what is to be copied there. Looks only. */
  isPlaced(files: readonly RemoteFile[]): Promise<boolean>
  /**
   * Makes the folders that the files and the revision need, and makes sure that nothing lies in their places that they cannot
   * replace: nothing has been fetched yet.
   */
  prepare(files: readonly KnownFile[], revision: string): Promise<void>
  workPaths(content: SnapshotContent): { readonly partialPath: string; readonly journalPath: string }
  /** Gives a content its place at each of its paths: what was fetched and verified, or what was there before. */
  place(content: SnapshotContent): Promise<void>
  /** These are in their places: which of our partial data is therefore nobody's need any more. Looks only. */
  findSpent(files: readonly KnownFile[]): Promise<string[]>
  /** All of the snapshot is in place: remembers under which revision. */
  finish(revision: string): Promise<void>
}

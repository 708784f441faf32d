import { assertSafePaths, type SafePathOptions } from '../cache/safe-path.ts'
import type { TreeEntry } from '../hub/tree.ts'
import { sum } from '../util/sum.ts'
import { type ChosenFiles, chooseFiles, type FileChoice } from './plan-choice.ts'
import type { LeftOutReason } from './plan-left-out.ts'
import { isPickle } from './plan-weights.ts'

/** A file of a commit. Its path and size are the Hub's word. */
export interface RemoteFile {
  readonly path: string
  readonly sizeBytes: number
  /** What its blob is filed under; `undefined` where the Hub masks it, because this caller has no access. */
  readonly etag: string | undefined
}

/** What is on disk already, whoever put it there. */
export interface PresentData {
  /** Bytes of each finished blob. */
  readonly blobBytes: ReadonlyMap<string, number>
  /** Bytes of partial data that need not be fetched again. */
  readonly partialBytes: ReadonlyMap<string, number>
}

export interface PlannedFile extends RemoteFile {
  readonly action: 'fetch' | 'resume' | 'keep'
}

export interface LeftOut {
  readonly reason: LeftOutReason
  readonly count: number
  readonly sizeBytes: number
}

export interface SnapshotPlan {
  /** Those that belong into the snapshot, in the Hub's order. */
  readonly files: readonly PlannedFile[]
  readonly leftOut: readonly LeftOut[]
  readonly quantization: string | undefined
  /** All there were to choose from. */
  readonly quantizations: readonly string[]
  /** Chosen weights in a format that may run code when it is loaded. */
  readonly pickleFiles: readonly string[]
  /** Of the snapshot; content that several paths share counts once. */
  readonly sizeBytes: number
  /** Of `sizeBytes`, still to come over the line. */
  readonly fetchBytes: number
}

export interface PlanSnapshotOptions extends SafePathOptions {
  /** @default what a runtime needs */
  readonly choice?: FileChoice
  /** @default nothing */
  readonly present?: PresentData
}

const nothingPresent: PresentData = { blobBytes: new Map(), partialBytes: new Map() }

/**
 * Decides what a download has to do. Touches neither disk nor network.
 * @throws {HubgateError} `ERR_FILES_NOT_FOUND`; `ERR_UNSAFE_PATH` for a chosen file whose name must not be written
 */
export function planSnapshot(remote: readonly RemoteFile[], options: PlanSnapshotOptions = {}): SnapshotPlan {
  const chosen = chooseFiles(remote, options.choice)
  assertSafePaths(
    chosen.files.map(({ path }) => path),
    options,
  )
  return planChosen(chosen, options.present)
}

/** The same, of files that were chosen already and may be written. */
export function planChosen(chosen: ChosenFiles<RemoteFile>, present: PresentData = nothingPresent): SnapshotPlan {
  const files = chosen.files.map((file) => ({ ...file, action: actionFor(file, present) }))
  const contents = uniqueContents(files)
  return {
    files,
    leftOut: summarize(chosen),
    quantization: chosen.quantization,
    quantizations: chosen.quantizations,
    pickleFiles: files.filter(({ path }) => isPickle(path)).map(({ path }) => path),
    sizeBytes: sum(contents.map(({ sizeBytes }) => sizeBytes)),
    fetchBytes: sum(contents.map((file) => bytesToFetch(file, present))),
  }
}

/**
 * The files of a tree listing; folders are not files of a snapshot. Pages may overlap: what is said twice in the same words is one
 * file, and what is said differently stays twice, to be refused.
 */
export function remoteFiles(entries: readonly TreeEntry[]): RemoteFile[] {
  const files = new Map<string, RemoteFile>()
  for (const entry of entries) {
    if (entry.type === 'directory') continue
    const { path, sizeBytes, lfs, oid } = entry
    const etag = lfs === undefined ? oid : lfs.sha256
    files.set(JSON.stringify([path, sizeBytes, etag]), { path, sizeBytes, etag })
  }
  return [...files.values()]
}

function actionFor({ etag, sizeBytes }: RemoteFile, present: PresentData): PlannedFile['action'] {
  if (etag === undefined) return 'fetch'
  if (present.blobBytes.get(etag) === sizeBytes) return 'keep'
  return (present.partialBytes.get(etag) ?? 0) > 0 ? 'resume' : 'fetch'
}

function bytesToFetch(file: PlannedFile, present: PresentData): number {
  if (file.action === 'keep') return 0
  const partial = (file.etag !== undefined && present.partialBytes.get(file.etag)) || 0
  return Math.max(0, file.sizeBytes - partial)
}

/** A file under two paths is one blob. Where hashes are masked nobody can know, and each counts. */
function uniqueContents(files: readonly PlannedFile[]): PlannedFile[] {
  const seen = new Map<string, PlannedFile>()
  for (const file of files) seen.set(file.etag ?? `masked:${file.path}`, file)
  return [...seen.values()]
}

function summarize({ leftOut }: ChosenFiles<RemoteFile>): LeftOut[] {
  return [...leftOut].map(([reason, files]) => ({
    reason,
    count: files.length,
    sizeBytes: sum(files.map(({ sizeBytes }) => sizeBytes)),
  }))
}

import { type AccessState, accessStates } from '../../access/access-state.ts'
import type { StoredJob, StoredJobEvent } from '../../store/job-repository.ts'
import { asBoolean, asCount, asString, isObject } from '../../util/json.ts'
import type { DownloadedSnapshot } from '../download-options.ts'
import type { DownloadEvent } from '../events.ts'

/** Of a plan or a result the sums are kept: a list of 100,000 files is not what people look at a queue for. */
const MAX_PICKLE_FILES = 20

/** What is kept of a plan. */
export interface PlanDetail {
  readonly commitHash: string
  /** Where the files will be. */
  readonly path: string
  readonly fileCount: number
  readonly sizeBytes: number
  /** Of `sizeBytes`, what is not here yet. */
  readonly fetchBytes: number
  readonly quantization: string | undefined
  /** Files that may run code when they are loaded; at most 20 of them. */
  readonly pickleFiles: readonly string[]
}

/** What is kept of a result. */
export interface DoneDetail {
  /** As the Hub spells it now. */
  readonly modelId: string
  readonly commitHash: string
  /** The folder with the files. */
  readonly path: string
  readonly fileCount: number
  readonly sizeBytes: number
  /** What came over the line in the last run. */
  readonly fetchedBytes: number
  readonly wasComplete: boolean
}

export function planDetail({ commitHash, path, plan }: Extract<DownloadEvent, { type: 'planned' }>): PlanDetail {
  const { files, sizeBytes, fetchBytes, quantization, pickleFiles } = plan
  return {
    commitHash,
    path,
    fileCount: files.length,
    sizeBytes,
    fetchBytes,
    quantization,
    pickleFiles: pickleFiles.slice(0, MAX_PICKLE_FILES),
  }
}

export function doneDetail({ modelId, commitHash, path, files, ...rest }: DownloadedSnapshot): DoneDetail {
  const { fetchedBytes, wasComplete } = rest
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  return { modelId, commitHash, path, fileCount: files.length, sizeBytes, fetchedBytes, wasComplete }
}

/** What the detail of a job or an event says, as far as it can be read: it was on disk meanwhile. */
export interface ShownDetail {
  readonly path: string | undefined
  readonly fileCount: number | undefined
  readonly sizeBytes: number | undefined
  readonly fetchBytes: number | undefined
  readonly fetchedBytes: number | undefined
  readonly wasComplete: boolean | undefined
  /** Files that were verified. */
  readonly verified: readonly string[]
  /** Why nothing comes for a while: see `WaitReason`. */
  readonly reason: string | undefined
  /** Who claimed it. */
  readonly by: string | undefined
  /** Of a failure. */
  readonly code: string | undefined
  readonly message: string | undefined
  /** What it waits for at the gate. */
  readonly accessState: AccessState | undefined
}

export function readDetail({ detail }: Pick<StoredJob | StoredJobEvent, 'detail'>): ShownDetail {
  const parsed: unknown = detail === undefined ? undefined : JSON.parse(detail)
  const value = isObject(parsed) ? parsed : {}
  return {
    path: asString(value['path']),
    fileCount: asCount(value['fileCount']),
    sizeBytes: asCount(value['sizeBytes']),
    fetchBytes: asCount(value['fetchBytes']),
    fetchedBytes: asCount(value['fetchedBytes']),
    wasComplete: asBoolean(value['wasComplete']),
    verified: Array.isArray(value['files']) ? value['files'].flatMap(pathOf) : [],
    reason: asString(value['reason']),
    by: asString(value['by']),
    code: asString(value['code']),
    message: asString(value['message']),
    accessState: accessStates.find((state) => state === value['state']),
  }
}

function pathOf(file: unknown): string[] {
  return isObject(file) && typeof file['path'] === 'string' ? [file['path']] : []
}

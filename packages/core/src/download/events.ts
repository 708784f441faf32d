import type { AccessState } from '../access/access-state.ts'
import type { NextStep } from '../access/next-step.ts'
import type { SnapshotPlan } from './plan-snapshot.ts'

/** What a download tells while it runs. All but `progress` come once for what they tell; `planned` again where a kept listing was wrong. */
export type DownloadEvent =
  | {
      readonly type: 'planned'
      readonly modelId: string
      readonly commitHash: string
      /** Where the files will be. */
      readonly path: string
      readonly plan: SnapshotPlan
    }
  | ({ readonly type: 'progress' } & DownloadProgress)
  /** Nothing comes for a while, and why. */
  | {
      readonly type: 'waiting'
      readonly reason: WaitReason
      /** `undefined` where nobody knows. */
      readonly delayMs: number | undefined
      /** Of which file; `undefined` for all. */
      readonly path: string | undefined
      readonly state?: AccessState
      /** Of a gate: what a person can do meanwhile, and where. */
      readonly nextStep?: NextStep
    }
  /** All bytes of a file came and were not those announced: it is fetched once more. */
  | { readonly type: 'retry'; readonly path: string }
  /** A file is whole, verified and in its place. */
  | { readonly type: 'verified'; readonly path: string; readonly sizeBytes: number }

/**
 * `network`: there is no way to the Hub any more, and it is waited for; told once, until bytes come again. `other-process`:
 * another Hubgate fetches this model. `access`: somebody has to open the gate.
 */
export const waitReasons = ['rate-limit', 'retry', 'stalled', 'network', 'other-process', 'access'] as const
export type WaitReason = (typeof waitReasons)[number]

export const fileStates = ['queued', 'fetching', 'waiting', 'stalled', 'verifying', 'done'] as const
export type FileState = (typeof fileStates)[number]

export interface FileProgress {
  readonly path: string
  readonly state: FileState
  readonly sizeBytes: number
  /** Of `sizeBytes`, what is here. */
  readonly doneBytes: number
  /** While it waits, until it goes on; absent where nobody knows. */
  readonly resumesInMs?: number
}

export interface DownloadProgress {
  /** Of the whole snapshot, what was here before included. */
  readonly doneBytes: number
  readonly sizeBytes: number
  /** Over the last seconds. */
  readonly bytesPerSecond: number
  /** `undefined` while nothing comes. */
  readonly secondsLeft: number | undefined
  readonly doneFiles: number
  readonly fileCount: number
  /** Those under way, in the order they were begun. */
  readonly files: readonly FileProgress[]
}

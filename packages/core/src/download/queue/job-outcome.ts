import { type AccessState, accessStates } from '../../access/access-state.ts'
import { watchDelayMs } from '../../access/check/watch-access.ts'
import { type ErrorCode, HubgateError, hasErrorCode } from '../../errors.ts'
import { isObject } from '../../util/json.ts'
import { openableStates } from '../require-access.ts'

/** What a failure makes of a job. */
export type JobFailure =
  | { readonly to: 'failed'; readonly detail: FailureDetail }
  | { readonly to: 'queued'; readonly restMs: number; readonly detail: FailureDetail }
  | {
      readonly to: 'waiting-access'
      readonly restMs: number
      readonly detail: WaitDetail
      /** It did not wait for this before. */
      readonly isNews: boolean
    }

export interface FailureDetail {
  readonly code: string | undefined
  readonly message: string
  /** What the error carries; never a secret. */
  readonly details?: unknown
}

export interface WaitDetail extends FailureDetail {
  readonly state: AccessState | undefined
  /** Since when it waits: ISO 8601 moment. */
  readonly since: string
  readonly restMs: number
}

export interface FailedJob {
  readonly error: unknown
  /** How often it was put off before. */
  readonly attempts: number
  readonly whenGranted: boolean
  /** What was written with the job before: of a wait, how long it is. */
  readonly earlier: string | undefined
  readonly now: Date
}

/** What comes and goes: networks, limits, overloaded servers. */
const passing: readonly ErrorCode[] = ['ERR_HUB_UNREACHABLE', 'ERR_RATE_LIMITED', 'ERR_STORE']
const MAX_ATTEMPTS = 8
const FIRST_REST_MS = 15_000
const MAX_REST_MS = 15 * 60_000
/** What a header says is believed up to here. */
const MAX_ASKED_MS = 3_600_000

/** More than this is no help to anybody who reads of a failure. */
const MAX_DETAILS = 20_000

/** Decides what becomes of a job that could not be done now. This file alone decides it. */
export function judgeFailure(failed: FailedJob): JobFailure {
  const { error, attempts } = failed
  const detail = detailOf(error)
  const state = accessStateOf(error)
  if (failed.whenGranted && state !== undefined && openableStates.includes(state)) return wait(failed, detail, state)
  if (!isPassing(error) || attempts >= MAX_ATTEMPTS) return { to: 'failed', detail }
  const asked = hasErrorCode(error, 'ERR_RATE_LIMITED') ? error.details.retryAfterMs : undefined
  const restMs = Math.max(Math.min(asked ?? 0, MAX_ASKED_MS), Math.min(MAX_REST_MS, FIRST_REST_MS * 2 ** attempts))
  return { to: 'queued', restMs, detail }
}

function wait({ earlier, now }: FailedJob, detail: FailureDetail, state: AccessState): JobFailure {
  const before = parseWait(earlier)
  const since = before?.since ?? now.toISOString()
  const restMs = watchDelayMs(now.getTime() - Date.parse(since), before?.restMs ?? 0)
  return { to: 'waiting-access', restMs, detail: { ...detail, state, since, restMs }, isNews: before?.state !== state }
}

function isPassing(error: unknown): boolean {
  if (hasErrorCode(error, 'ERR_HUB_STATUS')) return error.details.status >= 500
  return passing.some((code) => hasErrorCode(error, code))
}

function accessStateOf(error: unknown): AccessState | undefined {
  if (!hasErrorCode(error, 'ERR_ACCESS_REFUSED')) return undefined
  return accessStates.find((state) => state === error.details.state)
}

function detailOf(error: unknown): FailureDetail {
  if (error instanceof HubgateError) {
    const { code, message, details } = error
    return JSON.stringify(details).length > MAX_DETAILS ? { code, message } : { code, message, details }
  }
  return { code: undefined, message: error instanceof Error ? error.message : String(error) }
}

function parseWait(json: string | undefined): Pick<WaitDetail, 'state' | 'since' | 'restMs'> | undefined {
  const value: unknown = json === undefined ? undefined : JSON.parse(json)
  if (!isObject(value)) return undefined
  const { since, restMs } = value
  const state = accessStates.find((known) => known === value['state'])
  return typeof since === 'string' && Number.isFinite(Date.parse(since)) && typeof restMs === 'number'
    ? { state, since, restMs }
    : undefined
}

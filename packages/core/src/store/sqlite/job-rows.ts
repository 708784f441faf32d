import type { DatabaseSync } from 'node:sqlite'
import { HubgateError } from '../../errors.ts'
import { finalStates, type JobState, jobStates, type StoredJob } from '../job-repository.ts'
import { isoMoment } from './operations.ts'

type Row = Readonly<Record<string, unknown>>

/** In SQL. As the indexes of the table have it, so that they are used. */
export const FINAL_STATES: string = finalStates.map((state) => `'${state}'`).join(', ')

const MAX_JSON_CHARACTERS = 1_000_000

export function findJob(database: DatabaseSync, id: string): StoredJob | undefined {
  const row = database.prepare('SELECT * FROM job WHERE id = ?').get(id)
  return row && parseJob(row)
}

/** @throws {HubgateError} `ERR_JOB_NOT_FOUND` */
export function getJob(database: DatabaseSync, id: string): StoredJob {
  const job = findJob(database, id)
  if (job === undefined)
    throw new HubgateError('ERR_JOB_NOT_FOUND', `Cannot find the job ${id}: there is none of that id`, { id })
  return job
}

export function parseJob(row: Row): StoredJob {
  const notBeforeMs = Number(row['not_before_ms'])
  const claimedBy = textOf(row['claimed_by'])
  return {
    id: String(row['id']),
    key: String(row['key']),
    endpoint: String(row['endpoint']),
    modelId: String(row['model_id']),
    request: String(row['request']),
    priority: Number(row['priority']),
    state: stateOf(row['state']),
    attempts: Number(row['attempts']),
    addedAt: String(row['added_at']),
    changedAt: String(row['changed_at']),
    notBefore: notBeforeMs > 0 ? isoMoment(notBeforeMs) : undefined,
    claimedBy,
    leaseUntil: claimedBy === undefined ? undefined : isoMoment(Number(row['until_ms'])),
    detail: textOf(row['detail']),
  }
}

/** A state of a newer version would have come with a newer database. */
export function stateOf(value: unknown): JobState {
  const state = jobStates.find((known) => known === value)
  if (state === undefined) throw new TypeError(`Cannot read the state of a job: "${String(value)}" is none`)
  return state
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** @throws {SyntaxError} for what is no JSON, @throws {RangeError} for too much of it */
export function checkedJson(text: string): string {
  if (text.length > MAX_JSON_CHARACTERS) throw new RangeError('Cannot keep more than 1,000,000 characters with a job')
  JSON.parse(text)
  return text
}

export function checkedPriority(priority: number): number {
  if (!Number.isSafeInteger(priority))
    throw new RangeError(`Cannot use ${priority} as a priority: expected a whole number`)
  return priority
}

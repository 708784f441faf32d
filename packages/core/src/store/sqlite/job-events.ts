import { type JobEventType, type JobRepository, jobEventTypes, type StoredJobEvent } from '../job-repository.ts'
import { checkedJson, stateOf, textOf } from './job-rows.ts'
import { isoMoment, type OperationContext, type Operations } from './operations.ts'

/** Some 150 bytes each. */
const MAX_EVENTS = 100_000

/** Writes an event with the state the job has now: to be called in the transaction that changed it. */
export function addEvent(
  { database, nowMs }: OperationContext,
  jobId: string,
  type: JobEventType,
  detail?: string,
): void {
  database
    .prepare(
      `INSERT INTO job_event (job_id, type, state, at, detail)
       VALUES (:job, :type, (SELECT state FROM job WHERE id = :job), :at, :detail)`,
    )
    .run({ job: jobId, type, at: isoMoment(nowMs()), detail: detail === undefined ? null : checkedJson(detail) })
  database.prepare('DELETE FROM job_event WHERE id <= (SELECT max(id) FROM job_event) - ?').run(MAX_EVENTS)
}

export function eventOperations({
  database,
}: OperationContext): Operations<Pick<JobRepository, 'events' | 'lastEventId'>> {
  return {
    events({ after, jobId, limit = 1000 }) {
      return database
        .prepare(
          `SELECT * FROM job_event WHERE id > :after AND (:job IS NULL OR job_id = :job) ORDER BY id LIMIT :limit`,
        )
        .all({ after, job: jobId ?? null, limit })
        .map(parseEvent)
    },
    lastEventId() {
      return Number(database.prepare('SELECT max(id) AS last FROM job_event').get()?.['last'] ?? 0)
    },
  }
}

function parseEvent(row: Readonly<Record<string, unknown>>): StoredJobEvent {
  const type = jobEventTypes.find((known) => known === row['type'])
  if (type === undefined) throw new TypeError(`Cannot read an event of a job: "${String(row['type'])}" is none`)
  return {
    id: Number(row['id']),
    jobId: String(row['job_id']),
    type,
    state: stateOf(row['state']),
    at: String(row['at']),
    detail: textOf(row['detail']),
  }
}

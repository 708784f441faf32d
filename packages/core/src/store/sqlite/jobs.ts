import type { JobRepository } from '../job-repository.ts'
import { actOperations } from './job-actions.ts'
import { claimOperations } from './job-claims.ts'
import { addEvent, eventOperations } from './job-events.ts'
import { checkedJson, checkedPriority, FINAL_STATES, findJob, getJob, parseJob } from './job-rows.ts'
import { inTransaction, isoMoment, type OperationContext, type Operations } from './operations.ts'

/** Some 500 bytes each; what is active is never dropped. */
const MAX_FINISHED = 10_000

export function jobOperations(context: OperationContext): Operations<JobRepository> {
  const { database, nowMs } = context
  return {
    ...claimOperations(context),
    ...actOperations(context),
    ...eventOperations(context),
    add({ id, key, endpoint, modelId, request, priority = 0 }) {
      return inTransaction(database, () => {
        const now = isoMoment(nowMs())
        const active = database.prepare(`SELECT id FROM job WHERE key = ? AND state NOT IN (${FINAL_STATES})`).get(key)
        if (active !== undefined) return { job: getJob(database, String(active['id'])), isNew: false }
        database
          .prepare(
            `INSERT INTO job (id, key, endpoint, model_id, request, priority, state, added_at, changed_at)
             VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
          )
          .run(id, key, endpoint, modelId, checkedJson(request), checkedPriority(priority), now, now)
        addEvent(context, id, 'added')
        database
          .prepare(
            `DELETE FROM job WHERE seq IN (
               SELECT seq FROM job WHERE state IN (${FINAL_STATES}) ORDER BY seq DESC LIMIT -1 OFFSET ?
             )`,
          )
          .run(MAX_FINISHED)
        return { job: getJob(database, id), isNew: true }
      })
    },
    find: (id) => findJob(database, id),
    list({ states, endpoint, before, limit = 100 } = {}) {
      return database
        .prepare(
          `SELECT * FROM job WHERE (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
           AND (:endpoint IS NULL OR endpoint = :endpoint) AND (:before IS NULL OR seq < (SELECT seq FROM job WHERE id = :before)) ORDER BY seq DESC LIMIT :limit`,
        )
        .all({
          states: states === undefined ? null : JSON.stringify(states),
          endpoint: endpoint ?? null,
          before: before ?? null,
          limit,
        })
        .map(parseJob)
    },
  }
}

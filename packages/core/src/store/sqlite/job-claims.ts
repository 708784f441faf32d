import type { JobEventType, JobMove, JobRepository } from '../job-repository.ts'
import { addEvent } from './job-events.ts'
import { checkedJson, getJob } from './job-rows.ts'
import { checkedTtl, HAS_ENDED } from './leases.ts'
import { inTransaction, isoMoment, type OperationContext, type Operations } from './operations.ts'

type Claims = Pick<JobRepository, 'claim' | 'renew' | 'move' | 'tell' | 'release'>

const IS_HELD = `(claimed_by IS NOT NULL AND NOT ${HAS_ENDED})`
/** Two jobs of one model would only wait for each other at its folder. */
const IS_FREE = `NOT ${IS_HELD} AND lower(model_id) NOT IN (SELECT lower(model_id) FROM job WHERE ${IS_HELD})`
/** A claim that still counts: whoever paused or cancelled the job meanwhile has ended it. */
const IS_OURS = `id = :id AND claimed_by = :holder AND state IN ('running', 'waiting-access', 'verifying')`
const eventOf: Readonly<Record<JobMove['to'], JobEventType>> = {
  running: 'planned',
  queued: 'retry',
  'waiting-access': 'waiting',
  verifying: 'verifying',
  done: 'done',
  failed: 'failed',
}

export function claimOperations(context: OperationContext): Operations<Claims> {
  const { database, nowMs } = context
  const isOurs = (id: string, holder: string): boolean =>
    database.prepare(`SELECT 1 FROM job WHERE ${IS_OURS}`).get({ id, holder }) !== undefined
  return {
    claim({ holder, endpoint, ttlMs, atMost }) {
      return inTransaction(database, () => {
        const now = nowMs()
        const busy = database.prepare(`SELECT count(*) AS busy FROM job WHERE ${IS_HELD}`).get({ now })
        if (Number(busy?.['busy']) >= atMost) return undefined
        const next = database
          .prepare(
            `SELECT id, state, claimed_by FROM job
             WHERE ${IS_FREE} AND endpoint = :endpoint AND not_before_ms <= :now
               AND state IN ('queued', 'waiting-access', 'running', 'verifying')
             ORDER BY priority DESC, seq LIMIT 1`,
          )
          .get({ now, endpoint })
        if (next === undefined) return undefined
        const id = String(next['id'])
        database
          .prepare(
            `UPDATE job SET claimed_by = :holder, until_ms = :now + :ttl, ttl_ms = :ttl, not_before_ms = 0, changed_at = :at,
               state = CASE state WHEN 'waiting-access' THEN state ELSE 'running' END
             WHERE id = :id`,
          )
          .run({ id, holder, now, ttl: checkedTtl(ttlMs), at: isoMoment(now) })
        const from = next['claimed_by'] ?? undefined
        // A look at a gate that is shut changes nothing.
        if (next['state'] !== 'waiting-access')
          addEvent(context, id, 'claimed', JSON.stringify({ by: holder, takenOverFrom: from }))
        return getJob(database, id)
      })
    },
    renew: ({ id, holder, ttlMs }) =>
      inTransaction(database, () => {
        const { changes } = database
          .prepare(`UPDATE job SET until_ms = :now + :ttl, ttl_ms = :ttl WHERE ${IS_OURS}`)
          .run({ id, holder, now: nowMs(), ttl: checkedTtl(ttlMs) })
        return changes > 0
      }),
    move({ id, holder, to, restMs = 0, detail, isNews = true }) {
      return inTransaction(database, () => {
        if (!isOurs(id, holder)) return false
        const keepsClaim = to === 'running' || to === 'verifying'
        database
          .prepare(
            `UPDATE job SET state = :to, changed_at = :at, not_before_ms = :rest, attempts = attempts + :attempt,
               detail = coalesce(:detail, detail), claimed_by = CASE WHEN :keeps THEN claimed_by END
             WHERE id = :id`,
          )
          .run({
            id,
            to,
            at: isoMoment(nowMs()),
            rest: restMs > 0 ? nowMs() + Math.ceil(restMs) : 0,
            attempt: to === 'queued' ? 1 : 0,
            detail: detail === undefined ? null : checkedJson(detail),
            keeps: keepsClaim ? 1 : 0,
          })
        if (isNews) addEvent(context, id, eventOf[to], detail)
        return true
      })
    },
    tell({ id, holder, type, detail, to }) {
      return inTransaction(database, () => {
        if (!isOurs(id, holder)) return false
        if (to !== undefined)
          database.prepare('UPDATE job SET state = ?, changed_at = ? WHERE id = ?').run(to, isoMoment(nowMs()), id)
        addEvent(context, id, type, detail)
        return true
      })
    },
    release({ id, holder }) {
      inTransaction(database, () => {
        const wasWorking = database
          .prepare(
            `UPDATE job SET state = 'queued', changed_at = ?
             WHERE id = ? AND claimed_by = ? AND state IN ('running', 'verifying')`,
          )
          .run(isoMoment(nowMs()), id, holder)
        database.prepare('UPDATE job SET claimed_by = NULL WHERE id = ? AND claimed_by = ?').run(id, holder)
        if (wasWorking.changes > 0) addEvent(context, id, 'given-back')
      })
    },
  }
}

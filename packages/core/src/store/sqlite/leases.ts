import type { LeaseRepository } from '../lease-repository.ts'
import { inTransaction, isoMoment, type OperationContext, type Operations } from './operations.ts'

/** Clocks are put right by seconds now and then, also backwards: that ends no lease. */
const CLOCK_MAY_STEP_MS = 60_000

/** Ended, or made before the clock was put back: then it reaches further into the future than any lease may. */
export const HAS_ENDED: string = `(until_ms <= :now OR until_ms > :now + ttl_ms + ${CLOCK_MAY_STEP_MS})`

export function leaseOperations({ database, nowMs }: OperationContext): Operations<LeaseRepository> {
  return {
    acquire: ({ name, holder, ttlMs }) =>
      inTransaction(database, () => {
        const now = nowMs()
        const row = database
          .prepare(
            `INSERT INTO lease (name, holder, until_ms, ttl_ms) VALUES (:name, :holder, :now + :ttl, :ttl)
           ON CONFLICT DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms, ttl_ms = excluded.ttl_ms
           WHERE holder = excluded.holder OR ${HAS_ENDED}
           RETURNING until_ms`,
          )
          .get({ name, holder, ttl: checkedTtl(ttlMs), now })
        if (row !== undefined) return { granted: true, name, holder, leaseUntil: isoMoment(Number(row['until_ms'])) }
        const other = database.prepare('SELECT holder, until_ms FROM lease WHERE name = ?').get(name)
        return {
          granted: false,
          name,
          holder: String(other?.['holder']),
          leaseUntil: isoMoment(Number(other?.['until_ms'] ?? now)),
        }
      }),
    renew: ({ name, holder, ttlMs }) =>
      inTransaction(database, () => {
        const { changes } = database
          .prepare('UPDATE lease SET until_ms = ? + ?, ttl_ms = ? WHERE name = ? AND holder = ?')
          .run(nowMs(), checkedTtl(ttlMs), ttlMs, name, holder)
        return changes > 0
      }),
    release({ name, holder }) {
      database.prepare('DELETE FROM lease WHERE name = ? AND holder = ?').run(name, holder)
    },
    list(prefix) {
      return database
        .prepare(
          `SELECT name, holder, until_ms FROM lease
           WHERE substr(name, 1, length(:prefix)) = :prefix AND NOT ${HAS_ENDED} ORDER BY name`,
        )
        .all({ prefix, now: nowMs() })
        .map((row) => ({
          name: String(row['name']),
          holder: String(row['holder']),
          leaseUntil: isoMoment(Number(row['until_ms'])),
        }))
    },
  }
}

export function checkedTtl(ttlMs: number): number {
  if (!(Number.isSafeInteger(ttlMs) && ttlMs > 0))
    throw new RangeError(`Cannot hold a lease for ${ttlMs} ms: expected a whole number above 0`)
  return ttlMs
}

import type { RateBudgetRepository } from '../rate-budget-repository.ts'
import { inTransaction, isoMoment, type OperationContext, type Operations } from './operations.ts'

/** The Hub gives whole seconds, and answers travel: moments this near mean the same window. */
const SAME_WINDOW_MS = 5000

export function rateBudgetOperations({ database, nowMs }: OperationContext): Operations<RateBudgetRepository> {
  return {
    put({ endpoint, account, bucket, remaining, resetAt, quota, windowSeconds }) {
      inTransaction(database, () => {
        const known = database
          .prepare('SELECT remaining, reset_at FROM rate_budget WHERE endpoint = ? AND account = ? AND bucket = ?')
          .get(endpoint, account, bucket)
        const laterMs = known === undefined ? Infinity : Date.parse(resetAt) - Date.parse(String(known['reset_at']))
        if (laterMs < -SAME_WINDOW_MS && Date.parse(String(known?.['reset_at'])) > nowMs()) return
        const isSameWindow = Math.abs(laterMs) <= SAME_WINDOW_MS
        database
          .prepare('INSERT OR REPLACE INTO rate_budget VALUES (?, ?, ?, ?, ?, ?, ?)')
          .run(
            endpoint,
            account,
            bucket,
            isSameWindow ? Math.min(remaining, Number(known?.['remaining'])) : remaining,
            resetAt,
            quota ?? null,
            windowSeconds ?? null,
          )
      })
    },
    list({ endpoint, account }) {
      return database
        .prepare('SELECT * FROM rate_budget WHERE endpoint = ? AND account = ? AND reset_at > ? ORDER BY bucket')
        .all(endpoint, account, isoMoment(nowMs()))
        .map((row) => ({
          endpoint,
          account,
          bucket: String(row['bucket']),
          remaining: Number(row['remaining']),
          resetAt: String(row['reset_at']),
          ...(row['quota'] === null ? {} : { quota: Number(row['quota']) }),
          ...(row['window_seconds'] === null ? {} : { windowSeconds: Number(row['window_seconds']) }),
        }))
    },
  }
}

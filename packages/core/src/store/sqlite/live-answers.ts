import type { LiveRepository } from '../live-repository.ts'
import { type Bounds, keepWithin } from './bounds.ts'
import { inTransaction, type OperationContext, type Operations } from './operations.ts'

const BOUNDS: Bounds = { rows: 1000, bytes: 32 * 1024 * 1024 }
/** One answer must not push out all others. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

type AnswerRepository = Pick<LiveRepository, 'findAnswer' | 'putAnswer' | 'touchAnswer'>

export function liveAnswerOperations({ database }: OperationContext): Operations<AnswerRepository> {
  return {
    findAnswer({ endpoint, account, url }) {
      const row = database
        .prepare('SELECT etag, body, link, as_of FROM live_answer WHERE endpoint = ? AND account = ? AND url = ?')
        .get(endpoint, account, url)
      if (row === undefined) return undefined
      return {
        endpoint,
        account,
        url,
        etag: String(row['etag']),
        body: String(row['body']),
        ...(typeof row['link'] === 'string' ? { link: row['link'] } : {}),
        asOf: String(row['as_of']),
      }
    },
    putAnswer({ endpoint, account, url, etag, body, link, asOf }) {
      const bytes = Buffer.byteLength(body)
      if (bytes > MAX_BODY_BYTES) return
      inTransaction(database, () => {
        database
          .prepare(
            `INSERT INTO live_answer (endpoint, account, url, etag, as_of, bytes, body, link)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET etag = excluded.etag, as_of = excluded.as_of, bytes = excluded.bytes,
               body = excluded.body, link = excluded.link
             WHERE excluded.as_of >= as_of`,
          )
          .run(endpoint, account, url, etag, asOf, bytes, body, link ?? null)
        keepWithin(database, 'live_answer', BOUNDS)
      })
    },
    touchAnswer({ endpoint, account, url }, etag, asOf) {
      database
        .prepare(
          `UPDATE live_answer SET as_of = max(as_of, ?)
           WHERE endpoint = ? AND account = ? AND url = ? AND etag = ?`,
        )
        .run(asOf, endpoint, account, url, etag)
    },
  }
}

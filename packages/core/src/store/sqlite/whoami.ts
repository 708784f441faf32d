import { isSha256 } from '../../util/hex-digest.ts'
import type { WhoamiRepository } from '../whoami-repository.ts'
import { isoMoment, type OperationContext, type Operations } from './operations.ts'

const HOUR_MS = 3_600_000

export function whoamiOperations({ database, nowMs }: OperationContext): Operations<WhoamiRepository> {
  return {
    find(endpoint, tokenHash, { maxAgeMs = HOUR_MS } = {}) {
      checkHash(tokenHash)
      // A moment yet to come is no evidence of freshness: the clock was put back.
      const row = database
        .prepare(
          `SELECT json, checked_at FROM whoami
           WHERE endpoint = ? AND token_hash = ? AND checked_at > ? AND checked_at <= ?`,
        )
        .get(endpoint, tokenHash, isoMoment(Math.max(0, nowMs() - maxAgeMs)), isoMoment(nowMs()))
      return row === undefined ? undefined : { json: String(row['json']), checkedAt: String(row['checked_at']) }
    },
    put({ endpoint, tokenHash, json, checkedAt }) {
      checkHash(tokenHash)
      database
        .prepare('INSERT OR REPLACE INTO whoami (endpoint, token_hash, json, checked_at) VALUES (?, ?, ?, ?)')
        .run(endpoint, tokenHash, json, checkedAt)
    },
    remove(endpoint, tokenHash) {
      checkHash(tokenHash)
      database.prepare('DELETE FROM whoami WHERE endpoint = ? AND token_hash = ?').run(endpoint, tokenHash)
    },
  }
}

/** What is wrong is not repeated: it may be the token itself. */
function checkHash(tokenHash: string): void {
  if (!isSha256(tokenHash)) throw new RangeError('Cannot look up a token: expected its SHA-256 as 64 hex digits')
}

import type { StoredWatch, WatchRepository } from '../watch-repository.ts'
import { gateColumn, gateOf } from './access.ts'
import { inTransaction, isoMoment, type OperationContext, type Operations } from './operations.ts'

export function watchOperations({ database, nowMs }: OperationContext): Operations<WatchRepository> {
  return {
    add({ id, endpoint, account, modelId }) {
      return inTransaction(database, () => {
        const { changes } = database
          .prepare(
            `INSERT INTO watch (id, endpoint, account, id_lower, model_id, added_at) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING`,
          )
          .run(id, endpoint, account, modelId.toLowerCase(), modelId, isoMoment(nowMs()))
        const row = database
          .prepare('SELECT * FROM watch WHERE endpoint = ? AND account = ? AND id_lower = ?')
          .get(endpoint, account, modelId.toLowerCase())
        return { watch: parseWatch(row ?? {}), isNew: changes > 0 }
      })
    },
    list({ endpoint, account }) {
      return database
        .prepare('SELECT * FROM watch WHERE endpoint = ? AND account = ? ORDER BY seq')
        .all(endpoint, account)
        .map(parseWatch)
    },
    remove({ endpoint, account, modelId }) {
      const { changes } = database
        .prepare('DELETE FROM watch WHERE endpoint = ? AND account = ? AND id_lower = ?')
        .run(endpoint, account, modelId.toLowerCase())
      return changes > 0
    },
    told(id, { state, gated, checkedAt }) {
      database
        .prepare('UPDATE watch SET told_state = ?, told_gated = ?, told_at = ? WHERE id = ?')
        .run(state, gateColumn(gated), checkedAt, id)
    },
  }
}

function parseWatch(row: Readonly<Record<string, unknown>>): StoredWatch {
  const state = row['told_state']
  return {
    id: String(row['id']),
    endpoint: String(row['endpoint']),
    account: String(row['account']),
    modelId: String(row['model_id']),
    addedAt: String(row['added_at']),
    told:
      typeof state === 'string'
        ? { state, gated: gateOf(row['told_gated']), checkedAt: String(row['told_at']) }
        : undefined,
  }
}

import type { AccessRepository, StoredAccess } from '../access-repository.ts'
import { inTransaction, type OperationContext, type Operations } from './operations.ts'

/** Some 200 bytes each. */
const MAX_ANSWERS = 100_000

export function accessOperations({ database }: OperationContext): Operations<AccessRepository> {
  return {
    findMany({ endpoint, account }, modelIds) {
      const rows = database
        .prepare(
          `SELECT * FROM access WHERE endpoint = ? AND account = ?
           AND id_lower IN (SELECT value FROM json_each(?))`,
        )
        .all(endpoint, account, JSON.stringify(modelIds.map((id) => id.toLowerCase())))
      return new Map(rows.map((row) => [String(row['id_lower']), storedAccess(row)]))
    },
    put(answers) {
      const put = database.prepare(
        `INSERT INTO access (endpoint, account, id_lower, model_id, gated, state, hub_message, checked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET model_id = excluded.model_id, gated = excluded.gated, state = excluded.state,
           hub_message = excluded.hub_message, checked_at = excluded.checked_at
         WHERE excluded.checked_at >= checked_at`,
      )
      inTransaction(database, () => {
        for (const { endpoint, account, modelId, gated, state, hubMessage, checkedAt } of answers)
          put.run(
            endpoint,
            account,
            modelId.toLowerCase(),
            modelId,
            gateColumn(gated),
            state,
            hubMessage ?? null,
            checkedAt,
          )
        database
          .prepare(
            `DELETE FROM access WHERE rowid IN (SELECT rowid FROM access ORDER BY checked_at DESC LIMIT -1 OFFSET ?)`,
          )
          .run(MAX_ANSWERS)
      })
    },
  }
}

const gates = { false: false, auto: 'auto', manual: 'manual', true: true } as const

/** How a gate is kept. */
export function gateColumn(gated: StoredAccess['gated']): string | null {
  return gated === null ? null : String(gated)
}

export function gateOf(value: unknown): StoredAccess['gated'] {
  const gated = String(value)
  return isGate(gated) ? gates[gated] : null
}

function storedAccess(row: Readonly<Record<string, unknown>>): StoredAccess {
  return {
    endpoint: String(row['endpoint']),
    account: String(row['account']),
    modelId: String(row['model_id']),
    gated: gateOf(row['gated']),
    state: String(row['state']),
    ...(typeof row['hub_message'] === 'string' ? { hubMessage: row['hub_message'] } : {}),
    checkedAt: String(row['checked_at']),
  }
}

function isGate(text: string): text is keyof typeof gates {
  return Object.hasOwn(gates, text)
}

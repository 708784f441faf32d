import type { DatabaseSync } from 'node:sqlite'
import type { LiveRepository, ModelScope, StoredModel, StoredModelForm, StoredModelOrder } from '../live-repository.ts'
import { type Bounds, keepWithin } from './bounds.ts'
import { inTransaction, type OperationContext, type Operations } from './operations.ts'

const BOUNDS: Bounds = { rows: 50_000, bytes: 64 * 1024 * 1024 }
/** A row of the Hub's list takes about 1 KiB. */
const MAX_MODEL_BYTES = 64 * 1024

type ModelRepository = Pick<LiveRepository, 'putModels' | 'searchModels' | 'findModel'>

const columns = {
  downloads: 'downloads',
  likes: 'likes',
  params: 'params',
  createdAt: 'created_at',
  lastModified: 'last_modified',
} as const satisfies Record<keyof StoredModelOrder, string>

const SELECT = 'SELECT * FROM live_model JOIN live_model_json USING (key)'
const IN_SCOPE = 'endpoint = ? AND account IN (SELECT value FROM json_each(?))'

export function liveModelOperations({ database }: OperationContext): Operations<ModelRepository> {
  return {
    putModels(models) {
      inTransaction(database, () => {
        for (const model of models) putModel(database, model)
        keepWithin(database, 'live_model', BOUNDS)
      })
    },
    searchModels({ words, orderBy, limit, offset, ...scope }) {
      const column = columns[orderBy]
      const hasWords = words.map(() => 'AND instr(lower(names), ?) > 0').join(' ')
      return database
        .prepare(
          `${SELECT} WHERE key IN (
             SELECT key FROM live_model WHERE ${IN_SCOPE} ${hasWords}
             ORDER BY ${column} IS NULL, ${column} DESC, id_lower LIMIT ? OFFSET ?
           ) ORDER BY ${column} IS NULL, ${column} DESC, id_lower`,
        )
        .all(...inScope(scope), ...words, limit, offset)
        .map(storedModel)
    },
    findModel(scope, modelId) {
      return database
        .prepare(
          `${SELECT} WHERE ${IN_SCOPE} AND instr(char(10) || lower(names) || char(10), char(10) || ? || char(10)) > 0`,
        )
        .all(...inScope(scope), modelId.toLowerCase())
        .map(storedModel)
    },
  }
}

function inScope({ endpoint, accounts }: ModelScope): [string, string] {
  return [endpoint, JSON.stringify(accounts)]
}

function putModel(
  database: DatabaseSync,
  { endpoint, account, id, formerIds, form, json, asOf, order }: StoredModel,
): void {
  const bytes = Buffer.byteLength(json)
  if (bytes > MAX_MODEL_BYTES) return
  const idLower = id.toLowerCase()
  const known = database
    .prepare('SELECT names, as_of FROM live_model WHERE endpoint = ? AND account = ? AND id_lower = ? AND form = ?')
    .get(endpoint, account, idLower, form)
  if (known !== undefined && String(known['as_of']) > asOf) return
  // A name that once led here still does, also where this answer does not say so.
  const names = new Map([...namesOf(known?.['names']), ...formerIds, id].map((name) => [name.toLowerCase(), name]))
  const row = database
    .prepare(
      `INSERT INTO live_model (endpoint, account, id, id_lower, form, names, as_of, bytes,
         downloads, likes, params, created_at, last_modified)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET id = excluded.id, names = excluded.names, as_of = excluded.as_of,
         bytes = excluded.bytes, downloads = excluded.downloads, likes = excluded.likes, params = excluded.params,
         created_at = excluded.created_at, last_modified = excluded.last_modified
       RETURNING key`,
    )
    .get(
      endpoint,
      account,
      id,
      idLower,
      form,
      [...names.values()].join('\n'),
      asOf,
      bytes,
      order.downloads ?? null,
      order.likes ?? null,
      order.params ?? null,
      order.createdAt ?? null,
      order.lastModified ?? null,
    )
  database.prepare('INSERT OR REPLACE INTO live_model_json (key, json) VALUES (?, ?)').run(Number(row?.['key']), json)
}

function storedModel(row: Readonly<Record<string, unknown>>): StoredModel {
  const idLower = String(row['id_lower'])
  const form: StoredModelForm = row['form'] === 'details' ? 'details' : 'row'
  return {
    endpoint: String(row['endpoint']),
    account: String(row['account']),
    id: String(row['id']),
    formerIds: namesOf(row['names']).filter((name) => name.toLowerCase() !== idLower),
    form,
    json: String(row['json']),
    asOf: String(row['as_of']),
    order: {
      ...(typeof row['downloads'] === 'number' ? { downloads: row['downloads'] } : {}),
      ...(typeof row['likes'] === 'number' ? { likes: row['likes'] } : {}),
      ...(typeof row['params'] === 'number' ? { params: row['params'] } : {}),
      ...(typeof row['created_at'] === 'string' ? { createdAt: row['created_at'] } : {}),
      ...(typeof row['last_modified'] === 'string' ? { lastModified: row['last_modified'] } : {}),
    },
  }
}

function namesOf(text: unknown): string[] {
  return typeof text === 'string' ? text.split('\n') : []
}

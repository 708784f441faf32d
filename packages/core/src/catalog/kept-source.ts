import type { LiveRepository, StoredModel } from '../store/live-repository.ts'
import { fromStoredModel, type KeptScope } from './kept-model.ts'
import { mergeById } from './merge-by-id.ts'
import { type CatalogQuery, recordFilters, type SortKey, searchWords } from './query.ts'
import type { ModelRecord } from './record.ts'
import type { CatalogSource } from './source.ts'

const MIN_PAGE_ROWS = 100
const MAX_PAGE_ROWS = 500
/** A filter that passes next to nothing must not make a search read all that was ever seen. */
const MAX_ROWS = 5000

const orders: Readonly<Record<SortKey, keyof StoredModel['order']>> = {
  downloads: 'downloads',
  likes: 'likes',
  updated: 'lastModified',
  created: 'createdAt',
  params: 'params',
}

/** What the live Hub told earlier, as old as it is: its facts say `live` and when. */
export function keptSource(live: LiveRepository, { endpoint, account }: KeptScope): CatalogSource {
  const scope = { endpoint, accounts: account === undefined ? [''] : [...new Set(['', account])] }
  return {
    name: 'kept',
    isLocal: true,
    asOf: undefined,
    async search(query) {
      const { sort = 'downloads', limit = MAX_ROWS } = query
      const words = searchWords(query.text ?? '')
      const pageRows = Math.min(MAX_PAGE_ROWS, Math.max(MIN_PAGE_ROWS, limit))
      const found: ModelRecord[] = []
      // All that was read is given, also what passes no filter: it may be newer than what another source knows of the model.
      for (let offset = 0; offset < MAX_ROWS; offset += pageRows) {
        const rows = await live.searchModels({ ...scope, words, orderBy: orders[sort], limit: pageRows, offset })
        found.push(...recordsOf(rows))
        if (rows.length < pageRows || countMatches(query, found) >= limit) break
      }
      return { records: found }
    },
    async find(modelId) {
      return mergeById(recordsOf(await live.findModel(scope, modelId)))[0]
    },
  }
}

function recordsOf(rows: readonly StoredModel[]): ModelRecord[] {
  return rows.flatMap((row) => fromStoredModel(row) ?? [])
}

function countMatches(query: CatalogQuery, records: readonly ModelRecord[]): number {
  const filters = recordFilters(query)
  return mergeById(records).filter((record) => filters.every(({ accepts }) => accepts(record))).length
}

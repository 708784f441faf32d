import { hasErrorCode } from '../errors.ts'
import type { HubClient } from '../hub/client.ts'
import { type ListModelsQuery, listModels } from '../hub/list-models.ts'
import { getDetails } from '../hub/model-details.ts'
import { liveRecord } from './live-record.ts'
import { type CatalogQuery, type SortKey, searchWords } from './query.ts'
import type { CatalogSource } from './source.ts'

const DEFAULT_ROWS = 100

const hubSorts: Readonly<Record<SortKey, NonNullable<ListModelsQuery['sort']>>> = {
  downloads: 'downloads',
  likes: 'likes',
  updated: 'lastModified',
  created: 'createdAt',
  params: 'num_parameters',
}

/** The Hub itself as a source: one call a search, whatever the number of rows. */
export function liveSource(client: HubClient, now: () => Date = () => new Date()): CatalogSource {
  return {
    name: 'live',
    isLocal: false,
    asOf: undefined,
    async search(query, { signal }) {
      const records = []
      for await (const page of listModels(client, hubQuery(query), { signal })) {
        const seenAt = now()
        records.push(...page.models.map((model) => liveRecord(model, seenAt)))
      }
      return { records }
    },
    async find(modelId, { signal }) {
      try {
        const { model, renamedFrom } = await getDetails(client, modelId, { signal })
        return liveRecord(model, now(), renamedFrom === undefined ? [] : [renamedFrom])
      } catch (error) {
        if (hasErrorCode(error, 'ERR_MODEL_NOT_FOUND')) return undefined
        throw error
      }
    },
  }
}

/** What the Hub can filter itself; it matches one substring, so it is asked for the longest word and the rest is done here. */
export function hubQuery(query: CatalogQuery): ListModelsQuery {
  const [word] = searchWords(query.text ?? '').toSorted((a, b) => b.length - a.length)
  const { author, task, library, license, gate, params, sort = 'downloads', limit } = query
  const filter = [library, license === undefined ? undefined : `license:${license}`].filter((tag) => tag !== undefined)
  return {
    ...(word === undefined ? {} : { search: word }),
    ...(author === undefined ? {} : { author }),
    ...(task === undefined ? {} : { pipelineTag: task }),
    ...(filter.length === 0 ? {} : { filter }),
    ...(gate === undefined || gate === 'any' ? {} : { gated: gate !== 'public' }),
    ...(params === undefined ? {} : { numParameters: numParameters(params) }),
    sort: hubSorts[sort],
    direction: -1,
    // Rows that a filter of ours drops must not leave the page short.
    limit: Math.min(1000, Math.max(limit ?? DEFAULT_ROWS, DEFAULT_ROWS)),
  }
}

function numParameters({ min, max }: NonNullable<CatalogQuery['params']>): string {
  return [min === undefined ? [] : `min:${min}`, max === undefined ? [] : `max:${max}`].flat().join(',')
}

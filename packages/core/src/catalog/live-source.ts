import { hasErrorCode } from '../errors.ts'
import { type ListModelsQuery, listModels } from '../hub/list-models.ts'
import { askDetails, readDetails } from '../hub/model-details.ts'
import type { HubSender } from '../hub/sender.ts'
import type { SeenModels } from './kept-model.ts'
import { liveRecord } from './live-record.ts'
import { type CatalogQuery, type SortKey, searchWords } from './query.ts'
import type { ModelRecord } from './record.ts'
import type { CatalogSource } from './source.ts'

const DEFAULT_ROWS = 100
/** One page of the Hub's list. @see hub-protocol 1.4 */
const MAX_ROWS = 1000
/** A Hub whose pages are smaller than what is to be shown is asked once more: a search costs no more than that. */
const MAX_PAGES = 2

const hubSorts: Readonly<Record<SortKey, NonNullable<ListModelsQuery['sort']>>> = {
  downloads: 'downloads',
  likes: 'likes',
  updated: 'lastModified',
  created: 'createdAt',
  params: 'num_parameters',
}

export interface LiveSourceOptions {
  readonly now?: () => Date
  /** What the Hub told, as it is told: to be kept. Called before the answer is given; must not take time. */
  readonly onSeen?: (seen: SeenModels) => void
}

/** The Hub itself as a source: one call a search, whatever the number of rows; two where its pages are smaller than what is wanted. */
export function liveSource(client: HubSender, options: LiveSourceOptions = {}): CatalogSource {
  const { now = () => new Date(), onSeen } = options
  return {
    name: 'live',
    isLocal: false,
    asOf: undefined,
    async search(query, { signal }) {
      const records: ModelRecord[] = []
      let pages = 0
      for await (const { models, nextCursor } of listModels(client, hubQuery(query), { signal })) {
        const seenAt = now()
        onSeen?.({ models, form: 'row', seenAt })
        records.push(...models.map((model) => liveRecord(model, seenAt)))
        pages += 1
        const isEnough = pages === MAX_PAGES || records.length >= (query.limit ?? 0)
        if (isEnough) return { records, isComplete: nextCursor === undefined }
      }
      return { records, isComplete: true }
    },
    async find(modelId, { signal, details }) {
      try {
        const answer = await (details ?? askDetails(client, modelId, { signal }))
        const { model, renamedFrom } = readDetails(answer, modelId)
        const seenAt = now()
        onSeen?.({ models: [model], form: 'details', seenAt, renamedFrom })
        return liveRecord(model, seenAt, renamedFrom === undefined ? [] : [renamedFrom])
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
    // Rows that a filter of ours drops must not leave the page short: one larger call costs less than a second one.
    limit: Math.min(MAX_ROWS, Math.max(limit ?? DEFAULT_ROWS, DEFAULT_ROWS) * (isLeftToUs(query) ? 5 : 1)),
  }
}

/** Does the query ask for more than the Hub can filter? */
function isLeftToUs({ text = '', gate, context, category, fits }: CatalogQuery): boolean {
  const isOneKindOfGate = gate === 'terms' || gate === 'approval'
  return (
    searchWords(text).length > 1 ||
    isOneKindOfGate ||
    context !== undefined ||
    category !== undefined ||
    fits !== undefined
  )
}

function numParameters({ min, max }: NonNullable<CatalogQuery['params']>): string {
  return [min === undefined ? [] : `min:${min}`, max === undefined ? [] : `max:${max}`].flat().join(',')
}

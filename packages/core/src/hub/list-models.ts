import { HubgateError } from '../errors.ts'
import { answerJson } from './answer.ts'
import { type HubModel, parseHubModel } from './hub-model.ts'
import { nextPageParams } from './pagination.ts'
import { refusalError } from './refusal.ts'
import type { HubSender } from './sender.ts'
import { unexpectedShape } from './unexpected-shape.ts'

/** What the list call can be asked. @see hub-protocol 1.1 and 1.2 */
export interface ListModelsQuery {
  /** A substring of the id. */
  readonly search?: string
  readonly author?: string
  /** Tags that must all be there, as they stand in `tags`. */
  readonly filter?: readonly string[]
  readonly pipelineTag?: string
  readonly gated?: boolean
  readonly inference?: 'warm'
  readonly inferenceProvider?: string
  readonly apps?: readonly string[]
  /** `min:6B,max:9B`, as the Hub writes it. */
  readonly numParameters?: string
  readonly sort?:
    | 'trendingScore'
    | 'downloads'
    | 'likes'
    | 'likes30d'
    | 'createdAt'
    | 'lastModified'
    | 'num_parameters'
    | 'mainSize'
    | 'id'
  /** -1 is descending. */
  readonly direction?: 1 | -1
  /** Rows in all. */
  readonly limit?: number
  /** Where an earlier walk stopped: a page's `nextCursor`. */
  readonly cursor?: string
}

export interface ModelPage {
  readonly models: readonly HubModel[]
  /** Rows without a usable id, which were left out. */
  readonly unreadable: number
  /** Goes into `cursor` to go on from here; `undefined` after the last page. */
  readonly nextCursor: string | undefined
}

/** A list row has no `gated`, `sha` or parameter count unless `expand` names them. @see hub-protocol 1.3 */
const EXPAND = [
  'author',
  'gated',
  'private',
  'disabled',
  'downloads',
  'likes',
  'trendingScore',
  'tags',
  'pipeline_tag',
  'library_name',
  'createdAt',
  'lastModified',
  'sha',
  'safetensors',
] as const

/** More is not known to be served. @see hub-protocol 1.4 */
const MAX_PAGE_SIZE = 1000

/**
 * Pages of the Hub's list, asked for one at a time as the caller goes on. A row may come twice: the Hub's cursor is no snapshot.
 * @throws {HubgateError} see `HubClient.send`; `ERR_TOKEN_INVALID`, `ERR_HUB_STATUS`, `ERR_HUB_ANSWER`
 */
export async function* listModels(
  client: HubSender,
  query: ListModelsQuery = {},
  options: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<ModelPage> {
  let left = query.limit ?? Infinity
  let params: URLSearchParams | undefined = listParams(query, Math.min(left, MAX_PAGE_SIZE))
  while (params !== undefined && left > 0) {
    const answer = await client.send({ path: '/api/models', query: params, signal: options.signal })
    if (answer.status !== 200) throw refusalError(answer)
    const rows = answerJson(answer)
    if (!Array.isArray(rows)) throw unexpectedShape(answer, 'a list of models')
    const models = rows.slice(0, left).flatMap((row) => parseHubModel(row) ?? [])
    left -= rows.length
    // A link that leads astray takes nothing from the page it stands on.
    const next = rows.length === 0 ? undefined : orError(() => nextPageParams(answer))
    params = next instanceof HubgateError ? undefined : next
    yield {
      models,
      unreadable: Math.min(rows.length, left + rows.length) - models.length,
      nextCursor: params?.get('cursor') ?? undefined,
    }
    if (next instanceof HubgateError && left > 0) throw next
  }
}

function orError<T>(read: () => T): T | HubgateError {
  try {
    return read()
  } catch (error) {
    if (error instanceof HubgateError) return error
    throw error
  }
}

function listParams(query: ListModelsQuery, pageSize: number): URLSearchParams {
  const params = new URLSearchParams()
  const add = (name: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined) params.append(name, String(value))
  }
  for (const tag of query.filter ?? []) add('filter', tag)
  add('sort', query.sort)
  add('direction', query.direction)
  add('limit', pageSize)
  add('search', query.search)
  add('author', query.author)
  add('pipeline_tag', query.pipelineTag)
  add('gated', query.gated)
  add('inference', query.inference)
  add('inference_provider', query.inferenceProvider)
  for (const app of query.apps ?? []) add('apps', app)
  add('num_parameters', query.numParameters)
  add('cursor', query.cursor)
  for (const field of EXPAND) add('expand[]', field)
  return params
}

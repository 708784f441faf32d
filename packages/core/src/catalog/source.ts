import type { HubAnswer } from '../hub/answer.ts'
import type { CatalogQuery } from './query.ts'
import type { ModelRecord, RecordSource } from './record.ts'

/** `kept`: what the live Hub told an earlier run. Its records are live ones, only older. */
export type SourceName = RecordSource | 'kept'

/**
 * One place that knows models: the curated list, the index, the live Hub. A source may give records that do not match (it
 * need not understand every filter), and must give all it has that do, up to the limit asked, best first by the sort asked.
 */
export interface CatalogSource {
  readonly name: SourceName
  /** May it answer without a network? */
  readonly isLocal: boolean
  /** How old what it knows is: the moment of its newest look at the Hub; `undefined` when unknown. */
  readonly asOf: string | undefined
  /** @throws {HubgateError} when it cannot answer; the other sources' answers stand */
  search(query: CatalogQuery, options: SourceOptions): Promise<SourceAnswer>
  /** The model of that id or former id, whatever its case; `undefined` when this source does not know it. */
  find(modelId: string, options: FindOptions): Promise<ModelRecord | undefined>
}

export interface SourceOptions {
  readonly signal?: AbortSignal | undefined
}

export interface FindOptions extends SourceOptions {
  /** What the Hub answers to a question for this model's details that is under way: then it is not asked again. */
  readonly details?: Promise<HubAnswer> | undefined
}

export interface SourceAnswer {
  readonly records: readonly ModelRecord[]
  /** There are no more of them: a narrower search need not ask again. @default false */
  readonly isComplete?: boolean
}

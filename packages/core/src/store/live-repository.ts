import type { AccountKey } from './access-repository.ts'

/** One address of the Hub, asked by one account. */
export interface AnswerKey extends AccountKey {
  /** Path and query, below the endpoint. */
  readonly url: string
}

/** A whole answer, so that the Hub can be asked whether it still holds. */
export interface StoredAnswer extends AnswerKey {
  readonly etag: string
  readonly body: string
  /** The `Link` header, where there was one: a list goes on there. */
  readonly link?: string
  /** When the Hub last said so: ISO 8601 moment. */
  readonly asOf: string
}

/** `row`: as a list showed the model; `details`: as its own address did. Kept apart, since a row says less. */
export type StoredModelForm = 'row' | 'details'

/** A model as the Hub described it, of which each form is kept once. The account is empty for what anybody may see. */
export interface StoredModel extends AccountKey {
  readonly id: string
  /** Names that led to it. */
  readonly formerIds: readonly string[]
  readonly form: StoredModelForm
  /** It comes back from disk: check its shape. */
  readonly json: string
  /** ISO 8601 moment. */
  readonly asOf: string
  /** What lists are ordered by; absent where unknown. */
  readonly order: StoredModelOrder
}

export interface StoredModelOrder {
  readonly downloads?: number
  readonly likes?: number
  readonly params?: number
  /** ISO 8601 moments. */
  readonly createdAt?: string
  readonly lastModified?: string
}

/** Whose models: those of all the accounts named, on one Hub. */
export interface ModelScope {
  readonly endpoint: string
  /** An empty text stands for what anybody may see. */
  readonly accounts: readonly string[]
}

export interface StoredModelQuery extends ModelScope {
  /** In lower case; all must stand in the ids, present and former. */
  readonly words: readonly string[]
  /** Largest or newest first, unknown ones last. */
  readonly orderBy: keyof StoredModelOrder
  readonly limit: number
  readonly offset: number
}

/** What the Hub said before. Bounded in number and in bytes: the oldest goes first; what alone is far too large is not kept. */
export interface LiveRepository {
  findAnswer(key: AnswerKey): Promise<StoredAnswer | undefined>
  putAnswer(answer: StoredAnswer): Promise<void>
  /** The Hub said that this answer still holds. Nothing happens where another one took its place. */
  touchAnswer(key: AnswerKey, etag: string, asOf: string): Promise<void>
  /** Keeps these, all or none. One older than what is kept in its form changes nothing. */
  putModels(models: readonly StoredModel[]): Promise<void>
  searchModels(query: StoredModelQuery): Promise<readonly StoredModel[]>
  /** All that is kept of the model of that id or former id, whatever its case. */
  findModel(scope: ModelScope, modelId: string): Promise<readonly StoredModel[]>
}

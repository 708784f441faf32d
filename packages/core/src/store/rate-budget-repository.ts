import type { AccountKey } from './access-repository.ts'

/** What is left of one of the Hub's rate limits, as an answer said. The Hub counts by account, and by address for nobody. */
export interface StoredRateLimit extends AccountKey {
  /** `api`, `resolvers`, `search`…: an open set. */
  readonly bucket: string
  /** Calls left until `resetAt`. */
  readonly remaining: number
  /** ISO 8601 moment. */
  readonly resetAt: string
  /** Calls a window. */
  readonly quota?: number
  readonly windowSeconds?: number
}

/** What the Hub said last, so that several processes do not each spend the whole budget. */
export interface RateBudgetRepository {
  /** Keeps it. Answers may arrive out of order: of two about one window, the one with less left stays. */
  put(limit: StoredRateLimit): Promise<void>
  /** The limits whose window has not ended by the store's clock; of the others the whole quota is there again. */
  list(key: AccountKey): Promise<readonly StoredRateLimit[]>
}

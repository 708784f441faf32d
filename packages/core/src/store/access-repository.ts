/** Whose answers these are: what one account meets at a gate says nothing of another. */
export interface AccountKey {
  /** As `endpointText` writes it. */
  readonly endpoint: string
  /** The account's name on that Hub; an empty text for nobody (no token). */
  readonly account: string
}

/** What an account met at a model's gate, when it was last asked. */
export interface StoredAccess extends AccountKey {
  readonly modelId: string
  /** The Hub's raw value; `null` where it was not seen. */
  readonly gated: false | 'auto' | 'manual' | true | null
  /** An access state. It comes back from disk: whoever reads it checks that it is one. */
  readonly state: string
  /** The Hub's own sentence. */
  readonly hubMessage?: string
  /** ISO 8601 moment, as `Date.toISOString` writes it. */
  readonly checkedAt: string
}

/** The last access answer for each endpoint, account and model. The number of answers kept is bounded: the oldest go first. */
export interface AccessRepository {
  /** The answers known for these models, whatever the case of their ids, keyed by the id in lower case. */
  findMany(key: AccountKey, modelIds: readonly string[]): Promise<ReadonlyMap<string, StoredAccess>>
  /** Keeps these, all or none. An answer older than the one already known for that model changes nothing. */
  put(answers: readonly StoredAccess[]): Promise<void>
}

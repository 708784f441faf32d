/** Whose token it is, as the Hub said. The token itself is never kept: only its SHA-256 leads to the answer. */
export interface WhoamiRepository {
  /**
   * The answer kept for that token, unless it is too old by the store's clock. `json` comes back from disk: check its shape.
   * @param tokenHash SHA-256 of the token, 64 hex digits in lower case
   * @throws {RangeError} for anything else in its place, so that no token is ever handed in by mistake
   */
  find(endpoint: string, tokenHash: string, options?: WhoamiFindOptions): Promise<StoredWhoami | undefined>
  /** Keeps the answer in place of any earlier one for that token. @throws {RangeError} see `find` */
  put(whoami: WhoamiToStore): Promise<void>
  /** Forgets the token; nothing happens where it is not known. @throws {RangeError} see `find` */
  remove(endpoint: string, tokenHash: string): Promise<void>
}

export interface WhoamiFindOptions {
  /** @default 3_600_000, an hour: rights change */
  readonly maxAgeMs?: number
}

export interface StoredWhoami {
  readonly json: string
  /** ISO 8601 moment. */
  readonly checkedAt: string
}

export interface WhoamiToStore extends StoredWhoami {
  readonly endpoint: string
  readonly tokenHash: string
}

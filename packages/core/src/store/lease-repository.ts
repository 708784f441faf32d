/** The right to work on something alone, for a while. It ends by itself, so a killed process blocks nobody for long. */
export interface Lease {
  /** What is worked on. */
  readonly name: string
  /** Who works on it: unique to each holding, and fit to be shown to people. */
  readonly holder: string
  /** ISO 8601 moment, by the store's clock. */
  readonly leaseUntil: string
}

export interface LeaseRequest {
  readonly name: string
  readonly holder: string
  /** How long it is held unless renewed. */
  readonly ttlMs: number
}

export interface LeaseAnswer extends Lease {
  /** `false`: `holder` and `leaseUntil` are another's. */
  readonly granted: boolean
}

/**
 * Leases between processes. Times are the store's clock. A lease that reaches further into the future than it may was made
 * before the clock was put back, and counts as ended.
 */
export interface LeaseRepository {
  /** Takes the lease where it is free, ended, or this holder's own; of several who ask at once, one gets it. */
  acquire(request: LeaseRequest): Promise<LeaseAnswer>
  /** Holds on to it; `false` once it is another's or given back, even where it is free again. */
  renew(request: LeaseRequest): Promise<boolean>
  /** Gives it back; nothing happens where it is not this holder's. */
  release(request: Pick<LeaseRequest, 'name' | 'holder'>): Promise<void>
  /** Those held now whose name begins so, by name. */
  list(prefix: string): Promise<readonly Lease[]>
}

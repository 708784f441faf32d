export type { AccessRepository, AccountKey, StoredAccess } from './access-repository.ts'
export { type HeldLease, type HoldLeaseOptions, holdLease, LEASE_TTL_MS, tryHoldLease } from './hold-lease.ts'
export type { Lease, LeaseAnswer, LeaseRepository, LeaseRequest } from './lease-repository.ts'
export type {
  AnswerKey,
  LiveRepository,
  ModelScope,
  StoredAnswer,
  StoredModel,
  StoredModelForm,
  StoredModelOrder,
  StoredModelQuery,
} from './live-repository.ts'
export type { RateBudgetRepository, StoredRateLimit } from './rate-budget-repository.ts'
export type { Repositories } from './repositories.ts'
export { hasStore, openStore, type Store, type StoreOptions } from './store.ts'
export type { StoredWhoami, WhoamiFindOptions, WhoamiRepository, WhoamiToStore } from './whoami-repository.ts'

export type { AccessRepository, AccountKey, StoredAccess } from './access-repository.ts'
export { type HeldLease, type HoldLeaseOptions, holdLease, LEASE_TTL_MS, tryHoldLease } from './hold-lease.ts'
export {
  finalStates,
  type JobAction,
  type JobClaim,
  type JobEventType,
  type JobMove,
  type JobRepository,
  type JobState,
  type JobToAdd,
  jobActions,
  jobEventTypes,
  jobStates,
  type StoredJob,
  type StoredJobEvent,
} from './job-repository.ts'
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
export type { StoredWatch, ToldAccess, WatchRepository } from './watch-repository.ts'
export type { StoredWhoami, WhoamiFindOptions, WhoamiRepository, WhoamiToStore } from './whoami-repository.ts'

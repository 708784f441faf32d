import type { AccessRepository } from './access-repository.ts'
import type { JobRepository } from './job-repository.ts'
import type { LeaseRepository } from './lease-repository.ts'
import type { LiveRepository } from './live-repository.ts'
import type { RateBudgetRepository } from './rate-budget-repository.ts'
import type { WatchRepository } from './watch-repository.ts'
import type { WhoamiRepository } from './whoami-repository.ts'

/** Everything shared and mutable, behind interfaces that any database can stand behind. */
export interface Repositories {
  readonly access: AccessRepository
  readonly jobs: JobRepository
  readonly leases: LeaseRepository
  readonly live: LiveRepository
  readonly rateBudget: RateBudgetRepository
  readonly watches: WatchRepository
  readonly whoami: WhoamiRepository
}

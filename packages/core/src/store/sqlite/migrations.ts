import { access } from './migrations/1-access.ts'
import { live } from './migrations/2-live.ts'
import { rateBudget } from './migrations/3-rate-budget.ts'
import { lease } from './migrations/4-lease.ts'
import { job } from './migrations/5-job.ts'
import { watch } from './migrations/6-watch.ts'
import { jobEndpoint } from './migrations/7-job-endpoint.ts'

/**
 * What made the database what it is, in order: the n-th leads from version n - 1 to version n. One that was released is never
 * changed; a change of mind is a new one at the end.
 */
export const migrations: readonly string[] = [access, live, rateBudget, lease, job, watch, jobEndpoint]

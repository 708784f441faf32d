import type { Repositories } from '../repositories.ts'
import { accessOperations } from './access.ts'
import { jobOperations } from './jobs.ts'
import { leaseOperations } from './leases.ts'
import { liveOperations } from './live.ts'
import type { OperationContext, Operations } from './operations.ts'
import { rateBudgetOperations } from './rate-budget.ts'
import { watchOperations } from './watches.ts'
import { whoamiOperations } from './whoami.ts'

/** Every repository's SQL. */
const operations: {
  readonly [Name in keyof Repositories]: (context: OperationContext) => Operations<Repositories[Name]>
} = {
  access: accessOperations,
  jobs: jobOperations,
  leases: leaseOperations,
  live: liveOperations,
  rateBudget: rateBudgetOperations,
  watches: watchOperations,
  whoami: whoamiOperations,
}

/** @throws {TypeError} for a repository or method that is not there */
export function operate(
  context: OperationContext,
  { repository, method, args }: { repository: keyof Repositories; method: string; args: readonly unknown[] },
): unknown {
  const known: Readonly<Record<string, unknown>> = operations[repository](context)
  const operation = Object.hasOwn(known, method) ? known[method] : undefined
  if (typeof operation !== 'function') throw new TypeError(`Cannot ask the store for ${repository}.${method}`)
  return Reflect.apply(operation, undefined, args)
}

import type { DatabaseSync } from 'node:sqlite'

/** A repository's methods as this side has them: the database answers at once. */
export type Operations<Repository> = {
  readonly [Method in keyof Repository]: Repository[Method] extends (...args: infer Args) => Promise<infer Value>
    ? (...args: Args) => Value
    : never
}

/** What every operation is given. */
export interface OperationContext {
  readonly database: DatabaseSync
  /** The store's clock. Who decides by it asks once he may write: until then others may have been served, at a later time. */
  readonly nowMs: () => number
}

/** Does all of it or nothing; an error undoes what was done. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  // Asks for the right to write at once: a later change of mind could not wait for others.
  database.exec('BEGIN IMMEDIATE')
  try {
    const value = work()
    database.exec('COMMIT')
    return value
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

export function isoMoment(ms: number): string {
  return new Date(ms).toISOString()
}

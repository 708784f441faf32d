import type { AccessState } from '@hubgate/core/access'
import { type AccessChecker, checkMany } from '@hubgate/core/access/check'
import { factOf, type ModelRecord } from '@hubgate/core/catalog'
import type { Context } from './context.ts'
import type { StatusLine } from './views/status-line.ts'

/** What is known of access to one row, and since when. */
export interface RowAccess {
  readonly state: AccessState
  /** ISO 8601. */
  readonly checkedAt: string
}

/** By id in lower case. */
export type AccessByModel = ReadonlyMap<string, RowAccess>

/**
 * What is known of access to these rows without asking for any of them: what this account's last check found, and that a
 * model which the Hub listed as public was open to all; of the two, what was seen last.
 */
export async function knownAccess(
  checker: AccessChecker,
  records: readonly ModelRecord[],
): Promise<Map<string, RowAccess>> {
  const known = new Map<string, RowAccess>(await checker.known(records.map(({ id }) => id)))
  for (const record of records) {
    const key = record.id.toLowerCase()
    const seen = seenPublic(record)
    if (seen !== undefined && seen.checkedAt > (known.get(key)?.checkedAt ?? '')) known.set(key, seen)
  }
  return known
}

/** Asks the Hub for each of these rows, within its limits. */
export async function checkRows(
  { signal }: Context,
  checker: AccessChecker,
  records: readonly ModelRecord[],
  status: StatusLine,
): Promise<Map<string, RowAccess>> {
  const answers = await checkMany(
    checker,
    records.map(({ id }) => id),
    { signal, onAnswer: (_, { done, total }) => status.show(`checking access: ${done} of ${total}`) },
  )
  status.clear()
  return new Map(
    records.flatMap(({ id }, index) => {
      const { state, checkedAt } = answers[index] ?? {}
      return state === undefined || checkedAt === undefined ? [] : [[id.toLowerCase(), { state, checkedAt }]]
    }),
  )
}

function seenPublic(record: ModelRecord): RowAccess | undefined {
  const gate = record.facts.gated
  const isPublic = gate?.source === 'live' && gate.value === false && factOf(record, 'private') !== true
  return isPublic && gate.asOf !== undefined ? { state: 'public', checkedAt: gate.asOf } : undefined
}

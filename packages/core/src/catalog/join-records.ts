import type { SortKey } from './query.ts'
import type { ModelRecord } from './record.ts'
import { compareRecords } from './sort.ts'

/** `all`: rows keep their places, and what is new comes below. `order`: rows keep their order, and what is new comes where the sort puts it. */
export type HeldRows = 'all' | 'order'

/**
 * A list that people look at, after more has been learnt of the same query. Rows shown never change their order among
 * themselves, whatever fresher numbers say; those that no longer match leave. With `order`, a new row goes before the first row
 * that the sort puts behind it; with `all` (somebody moves through the list), it goes below all rows shown.
 * @param found all that matches now, in any order; of rows shown, its records replace the older ones
 */
export function joinRecords(
  shown: readonly ModelRecord[],
  found: readonly ModelRecord[],
  { sort = 'downloads', hold }: { readonly sort?: SortKey | undefined; readonly hold: HeldRows },
): ModelRecord[] {
  const compare = compareRecords(sort)
  const byName = new Map(
    found.flatMap((record) => [record.id, ...record.formerIds].map((id) => [id.toLowerCase(), record])),
  )
  // Two rows may turn out to be one model under two names.
  const staying = [...new Set(shown.flatMap(({ id }) => byName.get(id.toLowerCase()) ?? []))]
  const known = new Set(staying)
  const joining = found.filter((record) => !known.has(record)).toSorted(compare)
  if (hold === 'all') return [...staying, ...joining]
  const joined: ModelRecord[] = []
  let next = 0
  for (const record of staying) {
    for (; next < joining.length && compare(joining[next] ?? record, record) < 0; next += 1)
      joined.push(joining[next] ?? record)
    joined.push(record)
  }
  return [...joined, ...joining.slice(next)]
}

import { factOf } from './merge.ts'
import type { SortKey } from './query.ts'
import type { ModelRecord } from './record.ts'

/**
 * Largest first, unknown values last, and the id where nothing else decides: the same records always come in the same order,
 * so rows do not jump while somebody types.
 */
export function compareRecords(sort: SortKey): (a: ModelRecord, b: ModelRecord) => number {
  return (a, b) => {
    const [x, y] = [sortValue(a, sort), sortValue(b, sort)]
    if (x !== y) return x === undefined ? 1 : y === undefined ? -1 : x > y ? -1 : 1
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
  }
}

function sortValue(record: ModelRecord, sort: SortKey): number | string | undefined {
  switch (sort) {
    case 'downloads':
    case 'likes':
    case 'params':
      return factOf(record, sort)
    case 'updated':
      return factOf(record, 'lastModified')
    case 'created':
      return factOf(record, 'createdAt')
  }
}

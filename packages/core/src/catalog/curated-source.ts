import type { CuratedList } from './parse-curated.ts'
import type { CatalogSource } from './source.ts'

/** The curated list as a source: it knows all its records at once, and leaves filtering to the search. */
export function curatedSource(list: CuratedList): CatalogSource {
  return {
    name: 'curated',
    isLocal: true,
    asOf: list.asOf,
    search: () => Promise.resolve({ records: list.records }),
    find: (modelId) => Promise.resolve(list.byId(modelId)),
  }
}

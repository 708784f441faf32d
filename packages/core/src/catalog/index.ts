export { loadCurated } from './curated.ts'
export { curatedList } from './curated-list.ts'
export { curatedSource } from './curated-source.ts'
export { suggestIds } from './did-you-mean.ts'
export {
  formatSuggestionLine,
  type SuggestionLine,
  type SuggestionStyle,
  suggestionStyles,
} from './format-suggestion.ts'
export { contextLabel, formatCount, paramsLabel } from './labels.ts'
export { liveRecord } from './live-record.ts'
export { liveSource } from './live-source.ts'
export { factOf, mergeRecords, recordAsOf, recordSource } from './merge.ts'
export { type ModelJson, memoryOf, toModelJson } from './model-json.ts'
export { type CuratedList, parseCurated } from './parse-curated.ts'
export {
  type CatalogQuery,
  type FilterName,
  filtersThatEmptied,
  type GateFilter,
  gateFilters,
  recordFilters,
  type SortKey,
  sortKeys,
} from './query.ts'
export {
  type Category,
  categories,
  type Fact,
  type GateObservation,
  type ModelFacts,
  type ModelRecord,
  type RecordSource,
} from './record.ts'
export { mergeById, type SearchState, type SourceFailure, searchCatalog, stateOf } from './search.ts'
export type { CatalogSource } from './source.ts'

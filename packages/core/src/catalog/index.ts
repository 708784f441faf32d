export { Backlog } from './backlog.ts'
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
export { type HeldRows, joinRecords } from './join-records.ts'
export type { KeptScope } from './kept-model.ts'
export { keptSource } from './kept-source.ts'
export { contextLabel, formatCount, paramsLabel } from './labels.ts'
export { createLiveBudget, type LiveBudget, type LiveBudgetOptions } from './live-budget.ts'
export { liveRecord } from './live-record.ts'
export { type LiveSourceOptions, liveSource } from './live-source.ts'
export { factOf, mergeRecords, recordAsOf, recordSource } from './merge.ts'
export { mergeById } from './merge-by-id.ts'
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
export { type RememberingInputs, type RememberingSources, rememberingSources } from './remembering.ts'
export { type SearchState, type SourceFailure, searchCatalog, stateOf } from './search.ts'
export type { CatalogSource, SourceName } from './source.ts'
export { type LiveState, TypedSearch, type TypedSearchOptions, type TypedView } from './typed-search.ts'

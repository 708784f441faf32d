import { mergeById } from './merge-by-id.ts'
import { type CatalogQuery, type FilterName, filtersThatEmptied, recordFilters } from './query.ts'
import type { ModelRecord } from './record.ts'
import { compareRecords } from './sort.ts'
import type { CatalogSource, SourceAnswer, SourceName } from './source.ts'

export interface SearchState {
  /** Matching records, merged over all sources that have answered, in the order asked for. */
  readonly records: readonly ModelRecord[]
  /** Matches before the limit was applied. */
  readonly matches: number
  /** Sources that have not answered yet. */
  readonly pending: readonly SourceName[]
  readonly failures: readonly SourceFailure[]
  /** Set when nothing matches: without one of these filters something would. */
  readonly emptiedBy: readonly FilterName[]
}

export interface SourceFailure {
  readonly source: SourceName
  readonly error: unknown
}

/**
 * Searches all sources at once and gives what is known each time another has answered: first what needs no network, last the
 * whole. A source that fails is named in `failures`; the others stand.
 * @throws only what `signal` was aborted with
 */
export async function* searchCatalog(
  sources: readonly CatalogSource[],
  query: CatalogQuery,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<SearchState, void, undefined> {
  const waiting = new Map(sources.map((source) => [source, answerOf(source, query, options.signal)]))
  const records: ModelRecord[][] = []
  const failures: SourceFailure[] = []
  while (waiting.size > 0) {
    const { source, answer, error } = await Promise.race(waiting.values())
    options.signal?.throwIfAborted()
    waiting.delete(source)
    if (answer !== undefined) records.push([...answer.records])
    else failures.push({ source: source.name, error })
    // Local sources answer at once, so together they make one first state.
    if ([...waiting.keys()].some(({ isLocal }) => isLocal)) continue
    yield stateOf(
      records.flat(),
      query,
      [...waiting.keys()].map(({ name }) => name),
      [...failures],
    )
  }
}

/** Pure: all records of all sources to what a person sees. */
export function stateOf(
  records: readonly ModelRecord[],
  query: CatalogQuery,
  pending: readonly SourceName[],
  failures: readonly SourceFailure[],
): SearchState {
  const merged = mergeById(records)
  const filters = recordFilters(query)
  const matching = merged
    .filter((record) => filters.every(({ accepts }) => accepts(record)))
    .toSorted(compareRecords(query.sort ?? 'downloads'))
  return {
    records: query.limit === undefined ? matching : matching.slice(0, query.limit),
    matches: matching.length,
    pending,
    failures,
    emptiedBy: matching.length === 0 ? filtersThatEmptied(query, merged) : [],
  }
}

interface Settled {
  readonly source: CatalogSource
  readonly answer?: SourceAnswer
  readonly error?: unknown
}

async function answerOf(source: CatalogSource, query: CatalogQuery, signal: AbortSignal | undefined): Promise<Settled> {
  try {
    return { source, answer: await source.search(query, { signal }) }
  } catch (error) {
    return { source, error }
  }
}

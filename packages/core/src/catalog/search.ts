import { mergeRecords } from './merge.ts'
import { type CatalogQuery, type FilterName, filtersThatEmptied, recordFilters } from './query.ts'
import type { ModelRecord, RecordSource } from './record.ts'
import { compareRecords } from './sort.ts'
import type { CatalogSource, SourceAnswer } from './source.ts'

export interface SearchState {
  /** Matching records, merged over all sources that have answered, in the order asked for. */
  readonly records: readonly ModelRecord[]
  /** Matches before the limit was applied. */
  readonly matches: number
  /** Sources that have not answered yet. */
  readonly pending: readonly RecordSource[]
  readonly failures: readonly SourceFailure[]
  /** Set when nothing matches: without one of these filters something would. */
  readonly emptiedBy: readonly FilterName[]
}

export interface SourceFailure {
  readonly source: RecordSource
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
  pending: readonly RecordSource[],
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

/** One record a model: records of the same id, or of a former id of it, become one. */
export function mergeById(records: readonly ModelRecord[]): ModelRecord[] {
  const keys = new Map<string, string>()
  const merged = new Map<string, ModelRecord>()
  for (const record of records) {
    const names = [record.id, ...record.formerIds].map((id) => id.toLowerCase())
    const key = names.map((name) => keys.get(name)).find((known) => known !== undefined) ?? names[0] ?? ''
    const known = merged.get(key)
    const next = known === undefined ? record : mergeRecords(known, record)
    merged.set(key, next)
    for (const name of [next.id, ...next.formerIds, ...names]) keys.set(name.toLowerCase(), key)
  }
  return [...merged.values()]
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

import { isWithin, type NumberRange } from '../util/quantity.ts'
import { factOf } from './merge.ts'
import type { Category, ModelRecord } from './record.ts'

export const gateFilters = ['any', 'public', 'terms', 'approval'] as const
export type GateFilter = (typeof gateFilters)[number]

export const sortKeys = ['downloads', 'likes', 'updated', 'created', 'params'] as const
export type SortKey = (typeof sortKeys)[number]

/** What is looked for. Absent fields ask for nothing. */
export interface CatalogQuery {
  /** Words that must all stand somewhere in the id (or a former id), whatever their case. */
  readonly text?: string
  /** Pipeline tag, such as `text-generation`. */
  readonly task?: string
  readonly author?: string
  readonly library?: string
  readonly license?: string
  /** @default 'any' */
  readonly gate?: GateFilter
  readonly params?: NumberRange
  /** Of the model's own maximum, in tokens. */
  readonly context?: NumberRange
  readonly category?: Category
  /** Does it run where somebody means to run it? Known to the caller; must be cheap, for it is asked of every record. */
  readonly fits?: (record: ModelRecord) => boolean
  /** Descending, and unknown values last. @default 'downloads' */
  readonly sort?: SortKey
  readonly limit?: number
}

/** The filters of a query, for telling which of them emptied a list. */
const filterNames = [
  'text',
  'task',
  'author',
  'library',
  'license',
  'gate',
  'params',
  'context',
  'category',
  'fits',
] as const
export type FilterName = (typeof filterNames)[number]

export interface RecordFilter {
  readonly name: FilterName
  readonly accepts: (record: ModelRecord) => boolean
}

/** A query as tests that a record must all pass. A fact that is unknown passes no test about it. */
export function recordFilters(query: CatalogQuery): RecordFilter[] {
  const filters: RecordFilter[] = []
  const add = (name: FilterName, accepts: RecordFilter['accepts']): void => void filters.push({ name, accepts })
  const words = searchWords(query.text ?? '')
  if (words.length > 0) add('text', (record) => matchesWords(record, words))
  const { task, author, library, license, gate = 'any', params, context, category, fits } = query
  if (task !== undefined) add('task', (record) => factOf(record, 'pipelineTag') === task)
  if (author !== undefined)
    add('author', (record) => isSameName(factOf(record, 'author') ?? record.id.split('/')[0], author))
  if (library !== undefined)
    add('library', (record) => isSameName(factOf(record, 'library'), library) || hasTag(record, library))
  if (license !== undefined) add('license', (record) => isSameName(factOf(record, 'license'), license))
  if (gate !== 'any') add('gate', (record) => passesGate(record, gate))
  if (params !== undefined) add('params', (record) => isWithin(factOf(record, 'params'), params))
  if (context !== undefined) add('context', (record) => isWithin(factOf(record, 'contextLength'), context))
  if (category !== undefined) add('category', (record) => factOf(record, 'category') === category)
  if (fits !== undefined) add('fits', fits)
  return filters
}

/** The words of a search text, in lower case. A pasted id stays one word, slash included. */
export function searchWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Without these filters, and nothing else changed, the query would have found something: those to name in an empty list. */
export function filtersThatEmptied(query: CatalogQuery, records: readonly ModelRecord[]): FilterName[] {
  const filters = recordFilters(query)
  return filters
    .filter(({ name }) =>
      records.some((record) => filters.every((filter) => filter.name === name || filter.accepts(record))),
    )
    .map(({ name }) => name)
}

function matchesWords(record: ModelRecord, words: readonly string[]): boolean {
  return [record.id, ...record.formerIds].some((id) => {
    const text = id.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function passesGate(record: ModelRecord, gate: Exclude<GateFilter, 'any'>): boolean {
  const gated = factOf(record, 'gated')
  switch (gate) {
    case 'public':
      return gated === false
    case 'terms':
      return gated === 'auto'
    case 'approval':
      // A bare `true` leaves open who decides; it is listed where people must expect to wait.
      return gated === 'manual' || gated === true
  }
}

function isSameName(value: string | undefined, wanted: string): boolean {
  return value?.toLowerCase() === wanted.toLowerCase()
}

function hasTag(record: ModelRecord, tag: string): boolean {
  return factOf(record, 'tags')?.some((known) => isSameName(known, tag)) ?? false
}

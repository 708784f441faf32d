import { z } from 'zod'
import { type FieldName, fieldNames } from '../models/field-names.ts'
import { parseCursor } from './cursor.ts'
import { type ListOrder, listSorts, type Place } from './order.ts'
import { type ParameterRange, parseParameterRange } from './parameter-range.ts'

const PAGE_ROWS = 1000

const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1')

const shape = z.object({
  search: z.string().optional(),
  author: z.string().optional(),
  filter: z.array(z.string()).transform((tags) => tags.flatMap((tag) => tag.split(','))),
  pipeline_tag: z.string().optional(),
  gated: flag.optional(),
  inference: z.literal('warm').optional(),
  inference_provider: z.array(z.string()).transform((names) => names.flatMap((name) => name.split(','))),
  apps: z.array(z.string()).transform((names) => names.flatMap((name) => name.split(','))),
  num_parameters: z.string().optional().transform(parseParameterRange),
  sort: z.enum(listSorts).default('trendingScore'),
  direction: z.string().optional(),
  limit: z.coerce.number().int().min(1).default(PAGE_ROWS),
  cursor: z.string().optional(),
  full: flag.default(false),
  cardData: flag.default(false),
  config: flag.default(false),
  expand: z.array(z.enum(fieldNames)),
})

/** Which models, and what is told of each. */
export interface ListFilter {
  readonly search?: string | undefined
  readonly author?: string | undefined
  /** Tags, all of which must be there. */
  readonly filter: readonly string[]
  readonly pipeline_tag?: string | undefined
  readonly gated?: boolean | undefined
  readonly inference?: 'warm' | undefined
  readonly inference_provider: readonly string[]
  readonly apps: readonly string[]
  readonly num_parameters?: ParameterRange | undefined
  readonly full: boolean
  readonly cardData: boolean
  readonly config: boolean
  readonly expand: readonly FieldName[]
}

export interface ListQuery {
  readonly filter: ListFilter
  readonly order: ListOrder
  readonly limit: number
  /** Where the page before ended. */
  readonly after: Place | undefined
}

/** Reads the address of a list call. Names it does not know are passed over, as on the Hub. @throws {z.ZodError} */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const one = (name: string): string | undefined => query.get(name) ?? undefined
  const names = ['search', 'author', 'pipeline_tag', 'gated', 'inference', 'num_parameters', 'sort', 'direction']
  const singles = [...names, 'limit', 'cursor', 'full', 'cardData', 'config'].map((name) => [name, one(name)])
  const { sort, direction, limit, cursor, ...filter } = shape.parse({
    ...Object.fromEntries(singles),
    filter: query.getAll('filter'),
    inference_provider: query.getAll('inference_provider'),
    apps: query.getAll('apps'),
    expand: [...query.getAll('expand'), ...query.getAll('expand[]')],
  })
  const isDescending = direction === undefined ? sort !== 'id' : direction === '-1'
  const order = { sort, isDescending }
  return { filter, order, limit: Math.min(limit, PAGE_ROWS), after: placeOfCursor(cursor, order) }
}

function placeOfCursor(cursor: string | undefined, order: ListOrder): Place | undefined {
  if (cursor === undefined) return undefined
  const place = parseCursor(cursor, order)
  if (place !== undefined) return place
  throw new z.ZodError([{ code: 'custom', path: ['cursor'], message: 'Invalid cursor', input: cursor }])
}

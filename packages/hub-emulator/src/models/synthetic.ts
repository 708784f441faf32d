import { affineBijection, type Bijection } from './bijection.ts'
import type { EmulatedModel, Gate } from './model.ts'

export const MAX_SYNTHETIC_MODELS = 3_000_000

/** What a list can be sorted by; each value is unique among synthetic models, so a place in the order is a row and back. */
export const sortKeys = [
  'downloads',
  'likes',
  'trendingScore',
  'createdAt',
  'lastModified',
  'num_parameters',
  'id',
] as const
export type SortKey = (typeof sortKeys)[number]

const families = ['llama', 'qwen', 'mistral', 'gemma', 'phi', 'falcon', 'aurora', 'basalt', 'cinder', 'delta', 'ember']
const kinds = ['instruct', 'chat', 'base', 'coder', 'math', 'vision', 'reasoning']
const tasks = [
  'text-generation',
  'text-generation',
  'text-generation',
  'image-text-to-text',
  'feature-extraction',
  'text-to-image',
]
const licenses = ['apache-2.0', 'mit', 'llama3.1', 'gemma', 'other']
const MODELS_PER_AUTHOR = 1000
const YEAR_MS = 365.25 * 86_400_000
const FIRST_DAY = Date.UTC(2022, 2, 3)
/** All were made before this day and last changed after it: a change never comes before the making. */
const LAST_MADE = FIRST_DAY + 3.3 * YEAR_MS
const LAST_CHANGED = LAST_MADE + 1.3 * YEAR_MS

/** Models that are computed from their row number: none is held, none is sorted. */
export interface SyntheticModels {
  readonly size: number
  /** @throws {RangeError} outside 0 … size−1 */
  modelAt(row: number): EmulatedModel
  /** The row of an id, if it is one of ours. */
  rowOf(id: string): number | undefined
  rowOfKey(key: string): number | undefined
  /** The row at a place of the order, largest or newest first; by `id`, smallest first. */
  rowAtRank(sort: SortKey, rank: number): number
  valueAtRank(sort: Exclude<SortKey, 'id'>, rank: number): number
  /** The rows of an author, one unbroken run; empty for anybody else. */
  rowsOfAuthor(author: string): { readonly first: number; readonly end: number }
}

export function createSyntheticModels(size: number): SyntheticModels {
  if (!(Number.isSafeInteger(size) && size >= 0 && size <= MAX_SYNTHETIC_MODELS))
    throw new RangeError(`Cannot make ${size} models: 0 to ${MAX_SYNTHETIC_MODELS}`)
  const order = new Map<SortKey, Bijection>(
    sortKeys.map((key, salt) => [key, key === 'id' ? { forward: same, backward: same } : affineBijection(size, salt)]),
  )
  const rankOf = (sort: SortKey, row: number): number => order.get(sort)?.forward(row) ?? row

  function valueAtRank(sort: Exclude<SortKey, 'id'>, rank: number): number {
    const left = size - rank
    switch (sort) {
      case 'downloads':
        return left + Math.floor(20_000_000 / (rank + 1))
      case 'likes':
        return left + Math.floor(12_000 / (rank + 1))
      case 'trendingScore':
        return left
      case 'createdAt':
        return Math.floor(FIRST_DAY + (left / size) * (LAST_MADE - FIRST_DAY))
      case 'lastModified':
        return Math.floor(LAST_MADE + (left / size) * (LAST_CHANGED - LAST_MADE))
      case 'num_parameters':
        return left + Math.floor(140e9 * (left / size) ** 6)
    }
  }

  function idAt(row: number): string {
    const params = valueAtRank('num_parameters', rankOf('num_parameters', row))
    const author = String(Math.floor(row / MODELS_PER_AUTHOR)).padStart(4, '0')
    return `lab-${author}/m${String(row).padStart(7, '0')}-${pick(families, row)}-${sizeLabel(params)}-${pick(kinds, row)}`
  }

  function rowOf(id: string): number | undefined {
    const row = Number(/^lab-\d{4}\/m(\d{7})-/.exec(id)?.[1] ?? Number.NaN)
    return row < size && idAt(row) === id ? row : undefined
  }

  return {
    size,
    rowOf,
    valueAtRank,
    rowAtRank: (sort, rank) => order.get(sort)?.backward(rank) ?? rank,
    rowsOfAuthor(author) {
      const first = Number(/^lab-(\d{4})$/.exec(author)?.[1] ?? Number.NaN) * MODELS_PER_AUTHOR
      return first < size ? { first, end: Math.min(size, first + MODELS_PER_AUTHOR) } : { first: 0, end: 0 }
    },
    rowOfKey(key) {
      const row = key.startsWith(KEY_PREFIX) ? Number.parseInt(key.slice(KEY_PREFIX.length), 16) : Number.NaN
      return row < size ? row : undefined
    },
    modelAt(row) {
      if (!(row >= 0 && row < size)) throw new RangeError(`Cannot make model ${row} of ${size}`)
      const of = (sort: Exclude<SortKey, 'id'>): number => valueAtRank(sort, rankOf(sort, row))
      const family = pick(families, row)
      const isGguf = row % 5 === 3
      return {
        key: `${KEY_PREFIX}${row.toString(16).padStart(16, '0')}`,
        id: idAt(row),
        gated: gateAt(row),
        isPrivate: false,
        isDisabled: false,
        orgMembersGated: false,
        creator: undefined,
        downloads: of('downloads'),
        likes: of('likes'),
        trendingScore: of('trendingScore'),
        createdAt: of('createdAt'),
        lastModified: of('lastModified'),
        pipelineTag: row % 17 === 0 ? undefined : pick(tasks, row),
        library: isGguf ? 'gguf' : row % 13 === 0 ? undefined : 'transformers',
        license: row % 7 === 0 ? undefined : pick(licenses, row),
        baseModel: isGguf && row > 0 ? { id: idAt(row - 1), relation: 'quantized' } : undefined,
        tags: ['en', kinds[row % kinds.length] ?? 'base'],
        params: of('num_parameters'),
        paramsByDtype: undefined,
        architecture: `${family.charAt(0).toUpperCase()}${family.slice(1)}ForCausalLM`,
        modelType: family,
        config: {
          num_hidden_layers: 16 + (row % 5) * 8,
          hidden_size: 2048,
          num_attention_heads: 16,
          num_key_value_heads: 4,
        },
        contextLength: 4096 << (row % 6),
        gatedFields: gateAt(row) === false ? {} : { Company: 'text', 'I agree': 'checkbox' },
        inferenceProviders: {},
        extraFields: {},
        repo: undefined,
      }
    },
  }
}

const KEY_PREFIX = '5e000000'

function same(value: number): number {
  return value
}

/** Neighbours differ in each list without their lists keeping step. */
function pick<T>(values: readonly T[], row: number): T {
  const value = values[(row + Math.floor(row / values.length)) % values.length]
  if (value === undefined) throw new RangeError('Cannot pick from an empty list')
  return value
}

/** One in eight is gated, as among popular models; half of those by hand. */
function gateAt(row: number): Gate {
  if (row % 8 !== 5) return false
  return row % 16 === 5 ? 'auto' : 'manual'
}

function sizeLabel(params: number): string {
  return params >= 1e9 ? `${Number((params / 1e9).toFixed(1))}b` : `${Math.max(1, Math.round(params / 1e6))}m`
}

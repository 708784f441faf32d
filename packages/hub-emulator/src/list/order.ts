import type { EmulatedModel } from '../models/model.ts'
import type { SyntheticModels } from '../models/synthetic.ts'

/** What `sort=` may be, as on the wire. */
export const listSorts = [
  'trendingScore',
  'downloads',
  'likes',
  'likes30d',
  'createdAt',
  'lastModified',
  'num_parameters',
  'mainSize',
  'id',
] as const
export type ListSort = (typeof listSorts)[number]

export interface ListOrder {
  readonly sort: ListSort
  readonly isDescending: boolean
}

/** Where a model stands in an order: its value, then its key where values are equal. */
export interface Place {
  readonly value: number | string | null
  readonly key: string
}

export function placeOf(model: EmulatedModel, { sort }: ListOrder): Place {
  return { value: valueOf(model, sort) ?? null, key: model.key }
}

function valueOf(model: EmulatedModel, sort: ListSort): number | string | undefined {
  switch (sort) {
    case 'num_parameters':
    case 'mainSize':
      return model.params
    case 'likes30d':
      return model.likes
    default:
      return model[sort]
  }
}

/** Below zero where `a` comes first. What has no value is last when descending, first when ascending, as in the Hub's database. */
export function comparePlaces(a: Place, b: Place, { isDescending }: ListOrder): number {
  const byValue = compareValues(a.value, b.value)
  if (byValue !== 0) return isDescending ? -byValue : byValue
  return compareValues(a.key, b.key)
}

function compareValues(a: Place['value'], b: Place['value']): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}

/** The synthetic models in an order, by their number in it. Each number is computed, none is looked for. */
export interface SyntheticOrder {
  rowAt(index: number): number
  placeAt(index: number): Place
  /** The first number that stands after a place; `size` where none does. */
  firstAfter(place: Place | undefined): number
}

export function orderSynthetic(models: SyntheticModels, order: ListOrder): SyntheticOrder {
  const { size } = models
  const sort = syntheticSort(order.sort)
  // Ranks go from the largest down, but for ids, which go up.
  const isByRank = order.isDescending === (sort !== 'id')
  const rowAt = (index: number): number => models.rowAtRank(sort, isByRank ? index : size - 1 - index)
  const placeAt = (index: number): Place => placeOf(models.modelAt(rowAt(index)), order)
  return {
    rowAt,
    placeAt,
    firstAfter(place) {
      if (place === undefined) return 0
      let [low, high] = [0, size]
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        if (comparePlaces(placeAt(middle), place, order) > 0) high = middle
        else low = middle + 1
      }
      return low
    },
  }
}

function syntheticSort(sort: ListSort): Parameters<SyntheticModels['rowAtRank']>[0] {
  if (sort === 'mainSize') return 'num_parameters'
  return sort === 'likes30d' ? 'likes' : sort
}

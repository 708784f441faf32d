import { setImmediate as breathe } from 'node:timers/promises'
import type { EmulatedModel } from '../models/model.ts'
import type { Models } from '../models/models.ts'
import { createMatcher } from './matches.ts'
import { comparePlaces, type ListOrder, orderSynthetic, type Place, placeOf } from './order.ts'
import type { ListQuery } from './query.ts'

const ROWS_A_BREATH = 5000

export interface ListPage {
  readonly models: readonly EmulatedModel[]
  /** Where the next page starts; `undefined` where nothing more can match. */
  readonly next: Place | undefined
}

export interface ListPageOptions {
  /** Synthetic rows looked at for one page, at most. */
  readonly scanRows: number
  /** Whether the caller may know of a model. */
  readonly isVisible: (model: EmulatedModel) => boolean
}

interface Standing {
  readonly place: Place
  /** `undefined`: the walk stopped here, having looked at enough. */
  readonly model: EmulatedModel | undefined
}

/**
 * One page of the list: held models, which are few and sorted here, merged with synthetic ones, which are walked in order.
 *
 * A filter that lets few rows through gives a short page, even an empty one, and a next page that goes on where the walk
 * stopped.
 */
export async function listPage(models: Models, query: ListQuery, options: ListPageOptions): Promise<ListPage> {
  const matches = createMatcher(query.filter)
  const held = heldAfter(models, query, (model) => options.isVisible(model) && matches(model))
  const found: Standing[] = []
  // One more than asked for tells whether there is a next page.
  const isFull = (): boolean => found.length > query.limit
  let stopped: Place | undefined
  for await (const step of walkSynthetic(models, query, matches, options.scanRows)) {
    while (!isFull() && isBefore(held.at(-1), step, query.order)) found.push(...held.splice(-1))
    if (isFull()) break
    if (step.model === undefined) stopped = step.place
    else found.push(step)
  }
  if (stopped === undefined) while (!isFull() && held.length > 0) found.push(...held.splice(-1))
  const shown = found.slice(0, query.limit)
  return {
    models: shown.flatMap(({ model }) => (model === undefined ? [] : [model])),
    next: isFull() ? shown.at(-1)?.place : stopped,
  }
}

/** What is held and stands after the page before; the first one last. */
function heldAfter(
  models: Models,
  { after, order, filter }: ListQuery,
  isWanted: (model: EmulatedModel) => boolean,
): Standing[] {
  return [...models.held, ...syntheticOfAuthor(models, filter.author)]
    .filter(isWanted)
    .map((model) => ({ model, place: placeOf(model, order) }))
    .filter(({ place }) => after === undefined || comparePlaces(place, after, order) > 0)
    .toSorted((a, b) => comparePlaces(b.place, a.place, order))
}

/** One author's synthetic models are a short run of rows: simply laid out, not looked for among millions. */
function syntheticOfAuthor(models: Models, author: string | undefined): EmulatedModel[] {
  if (author === undefined) return []
  const { first, end } = models.synthetic.rowsOfAuthor(author)
  return Array.from({ length: end - first }, (_, index) => first + index)
    .filter((row) => !models.isReplaced(row))
    .map((row) => models.synthetic.modelAt(row))
}

/** Synthetic models that match, in order; ends with where it stopped if it did so before the last row. */
async function* walkSynthetic(
  models: Models,
  { filter, order, after }: ListQuery,
  matches: (model: EmulatedModel) => boolean,
  scanRows: number,
): AsyncGenerator<Standing> {
  const { synthetic } = models
  if (filter.author !== undefined || synthetic.size === 0) return
  const walk = orderSynthetic(synthetic, order)
  const first = walk.firstAfter(after)
  const end = Math.min(synthetic.size, first + scanRows)
  for (let index = first; index < end; index += 1) {
    // Other requests are answered meanwhile.
    if ((index - first) % ROWS_A_BREATH === ROWS_A_BREATH - 1) await breathe()
    const row = walk.rowAt(index)
    const model = models.isReplaced(row) ? undefined : synthetic.modelAt(row)
    if (model !== undefined && matches(model)) yield { place: placeOf(model, order), model }
  }
  if (end < synthetic.size) yield { place: walk.placeAt(end - 1), model: undefined }
}

function isBefore(standing: Standing | undefined, other: Standing, order: ListOrder): boolean {
  return standing !== undefined && comparePlaces(standing.place, other.place, order) < 0
}

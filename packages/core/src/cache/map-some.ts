import { mapBounded } from '../util/map-bounded.ts'

/** Does `ask` for each, some at once, answers in order: disks answer several questions as fast as one. */
export function mapSome<Item, Answer>(items: Iterable<Item>, ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  return mapBounded(items, 64, ask)
}

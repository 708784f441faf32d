import type { ListModelsQuery } from '../hub/list-models.ts'
import { hubQuery } from './live-source.ts'
import type { CatalogQuery } from './query.ts'

/** What the Hub said a moment ago still holds. */
const HOLDS_MS = 60_000

/** What the Hub was asked in this session, so that erasing and retyping a word, or adding to a rare one, costs no call. */
export class Asked {
  readonly #answers = new Map<
    string,
    { readonly query: ListModelsQuery; readonly atMs: number; readonly isComplete: boolean }
  >()

  /** @param isComplete there are no more rows than were given */
  add(query: CatalogQuery, isComplete: boolean, nowMs: number): void {
    const asked = hubQuery(query)
    this.#answers.set(JSON.stringify(asked), { query: asked, atMs: nowMs, isComplete })
  }

  /** Has the Hub already given all that it would give for this? */
  covers(query: CatalogQuery, nowMs: number): boolean {
    const wanted = hubQuery(query)
    return [...this.#answers].some(
      ([key, answer]) =>
        nowMs - answer.atMs < HOLDS_MS &&
        (key === JSON.stringify(wanted) || (answer.isComplete && isNarrower(wanted, answer.query))),
    )
  }
}

/** Every row of the one is a row of the other. */
function isNarrower(
  { search = '', limit: _own, ...rest }: ListModelsQuery,
  { search: wider = '', limit: _other, ...others }: ListModelsQuery,
): boolean {
  return search.includes(wider) && JSON.stringify(rest) === JSON.stringify(others)
}

import { hasErrorCode } from '../errors.ts'
import { Asked } from './asked.ts'
import type { LiveBudget } from './live-budget.ts'
import type { CatalogQuery, FilterName } from './query.ts'
import type { ModelRecord } from './record.ts'
import { stateOf } from './search.ts'
import type { CatalogSource, SourceAnswer } from './source.ts'

/** What the live half of a search is doing. */
export type LiveState =
  /** There is nothing to ask: no Hub, or no text. */
  | { readonly kind: 'idle' }
  /** Somebody types; the Hub is asked once they pause. */
  | { readonly kind: 'typing' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'answered' }
  /** The Hub's limits are nearly spent, or it asked to slow down. */
  | { readonly kind: 'paused'; readonly until: Date }
  | { readonly kind: 'failed'; readonly error: unknown }

/** All that is known of the present query. */
export interface TypedView {
  /** Every match, in the order of the query's sort. */
  readonly records: readonly ModelRecord[]
  readonly emptiedBy: readonly FilterName[]
  /** The first for this query: what was shown for the one before need not keep its places. */
  readonly isFirst: boolean
  readonly live: LiveState
}

export interface TypedSearchOptions {
  readonly locals: readonly CatalogSource[]
  /** `undefined` while no call may go out. */
  readonly live: CatalogSource | undefined
  readonly budget: LiveBudget
  readonly now: () => Date
  readonly onView: (view: TypedView) => void
  /** Typing rests this long before the Hub is asked. @default 450 */
  readonly pauseMs?: number
}

const LIVE_ROWS = 100
/** More than anybody scrolls through, and few enough to read at every key. */
const KEPT_ROWS = 500
/** Where the Hub asks to slow down and does not say for how long. */
const UNKNOWN_PAUSE_MS = 60_000

/** Search as you type: what is known here at every key, the live Hub after a pause, within what its limits allow. */
export class TypedSearch implements Disposable {
  readonly #options: TypedSearchOptions
  readonly #asked = new Asked()
  /** What the Hub has told in this session. */
  readonly #seen = new Map<string, ModelRecord>()
  #query: CatalogQuery = {}
  #hasShown = false
  #local: readonly ModelRecord[] = []
  #live: LiveState = { kind: 'idle' }
  #pausedUntil: Date | undefined
  #timer: NodeJS.Timeout | undefined
  #asking: AbortController | undefined

  constructor(options: TypedSearchOptions) {
    this.#options = options
  }

  /** The query is now this one. Resolves once what is known here was shown. */
  async search(query: CatalogQuery, when: 'after-pause' | 'now'): Promise<void> {
    const isSame = this.#hasShown && JSON.stringify(query) === JSON.stringify(this.#query)
    this.#query = query
    clearTimeout(this.#timer)
    const local = await knownHere(this.#options.locals, query)
    if (this.#query !== query) return
    this.#local = local
    this.#live = this.#firstState(query)
    this.#show(!isSame)
    if (this.#live.kind === 'typing') this.#askIn(when === 'now' ? 0 : (this.#options.pauseMs ?? 450))
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#asking?.abort()
  }

  #firstState(query: CatalogQuery): LiveState {
    if (this.#options.live === undefined || (query.text ?? '').trim() === '') return { kind: 'idle' }
    return this.#asked.covers(liveQuery(query), this.#nowMs()) ? { kind: 'answered' } : { kind: 'typing' }
  }

  #askIn(delayMs: number): void {
    this.#timer = setTimeout(() => void this.#ask(this.#query), delayMs)
  }

  async #ask(query: CatalogQuery): Promise<void> {
    const { live } = this.#options
    if (live === undefined) return
    const until = await this.#pause()
    if (this.#query !== query) return
    if (until !== undefined) return this.#pauseUntil(until)
    // An answer to an earlier text is welcome until the next question; two at once are not.
    this.#asking?.abort()
    const { signal } = (this.#asking = new AbortController())
    this.#become({ kind: 'asking' })
    try {
      this.#take(query, await live.search(liveQuery(query), { signal }))
    } catch (error) {
      if (!signal.aborted && this.#query === query) this.#fail(error)
    }
  }

  #take(query: CatalogQuery, { records, isComplete = false }: SourceAnswer): void {
    for (const record of records) this.#seen.set(record.id, record)
    this.#asked.add(liveQuery(query), isComplete, this.#nowMs())
    // What was asked earlier may say something of what is asked now.
    if (this.#query === query) this.#become({ kind: 'answered' })
    else this.#show(false)
  }

  #fail(error: unknown): void {
    if (!hasErrorCode(error, 'ERR_RATE_LIMITED')) return this.#become({ kind: 'failed', error })
    const { retryAfterMs = UNKNOWN_PAUSE_MS } = error.details
    this.#pausedUntil = new Date(this.#nowMs() + retryAfterMs)
    this.#pauseUntil(this.#pausedUntil)
  }

  async #pause(): Promise<Date | undefined> {
    const told = this.#pausedUntil
    if (told !== undefined && told.getTime() > this.#nowMs()) return told
    return this.#options.budget.pausedUntil()
  }

  #pauseUntil(until: Date): void {
    this.#become({ kind: 'paused', until })
    // Timers hold no more than 24 days, and an hour is far enough to look again.
    this.#askIn(Math.min(3_600_000, Math.max(0, until.getTime() - this.#nowMs())))
  }

  #become(live: LiveState): void {
    this.#live = live
    this.#show(false)
  }

  #show(isFirst: boolean): void {
    this.#hasShown = true
    const { records, emptiedBy } = stateOf([...this.#local, ...this.#seen.values()], this.#query, [], [])
    this.#options.onView({ records, emptiedBy, isFirst, live: this.#live })
  }

  #nowMs(): number {
    return this.#options.now().getTime()
  }
}

function liveQuery(query: CatalogQuery): CatalogQuery {
  return { ...query, limit: LIVE_ROWS }
}

/** A source that fails leaves the others standing. */
async function knownHere(locals: readonly CatalogSource[], query: CatalogQuery): Promise<ModelRecord[]> {
  const answers = await Promise.all(
    locals.map((source) => source.search({ ...query, limit: KEPT_ROWS }, {}).catch(() => undefined)),
  )
  return answers.flatMap((answer) => answer?.records ?? [])
}

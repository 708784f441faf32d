import {
  type CatalogQuery,
  type CatalogSource,
  curatedList,
  curatedSource,
  liveSource,
  recordAsOf,
  type SearchState,
  searchCatalog,
} from '@hubgate/core/catalog'
import { HubClient } from '@hubgate/core/hub'
import type { NumberRange } from '@hubgate/core/util'
import { type Context, note } from '../context.ts'
import { EXIT_CODES, UsageError } from '../exit-codes.ts'
import type { ListSource, ListStyle } from '../options.ts'
import type { Invocation } from '../program.ts'
import { describeEmpty } from '../views/empty.ts'
import { describeFailure } from '../views/failure.ts'
import { createListWriter, type ListFormat } from '../views/list-writer.ts'
import { formatAge } from '../views/quantities.ts'

/** What the options of `search` came out as; `options.ts` made them so. */
interface SearchFlags {
  readonly task?: string
  readonly author?: string
  readonly library?: string
  readonly license?: string
  readonly gated: NonNullable<CatalogQuery['gate']>
  readonly params?: NumberRange
  readonly context?: NumberRange
  readonly category?: NonNullable<CatalogQuery['category']>
  readonly sort: NonNullable<CatalogQuery['sort']>
  readonly limit: number
  readonly source: ListSource
  readonly style: ListStyle
  readonly json?: boolean
  readonly jsonl?: boolean
  readonly markdown?: boolean
}

/** Prints what is known locally at once; what the Hub adds joins as it arrives. */
export async function search(context: Context, invocation: Invocation): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = invocation.options as unknown as SearchFlags
  const query = queryOf(flags, invocation.words)
  await using client = new HubClient(context.settings, {
    onWait: ({ delayMs }) => note(context, `the Hub asks to wait ${Math.ceil(delayMs / 1000)} s; Ctrl-C stops`),
  })
  const sources = sourcesFor(flags.source, context, client)
  const writer = createListWriter(context, formatOf(flags))
  let last: SearchState | undefined
  for await (const state of searchCatalog(sources, query, { signal: context.signal })) {
    last = state
    writer.update(state.records, state.pending.length > 0)
  }
  if (last === undefined) return EXIT_CODES.unexpected
  for (const text of context.settings.notices) note(context, `note: ${text}`)
  for (const { error } of last.failures) {
    if (flags.source === 'live') throw error
    note(context, `note: ${describeFailure(error)}; shown is what is known offline, as of ${localAge(last, context)}`)
  }
  if (last.records.length === 0 && flags.json !== true && flags.jsonl !== true)
    for (const line of describeEmpty(query, last)) note(context, line)
  return EXIT_CODES.done
}

export function queryOf(flags: Omit<SearchFlags, 'source' | 'style'>, words: readonly string[]): CatalogQuery {
  const { task, author, library, license, gated, params, context, category, sort, limit } = flags
  const text = words.join(' ').trim()
  if (text.length > 500) throw new UsageError('Cannot search for a text of more than 500 characters')
  return {
    ...(text === '' ? {} : { text }),
    ...(task === undefined ? {} : { task }),
    ...(author === undefined ? {} : { author }),
    ...(library === undefined ? {} : { library }),
    ...(license === undefined ? {} : { license }),
    ...(params === undefined ? {} : { params }),
    ...(context === undefined ? {} : { context }),
    ...(category === undefined ? {} : { category }),
    gate: gated,
    sort,
    limit,
  }
}

function sourcesFor(source: ListSource, context: Context, client: HubClient): CatalogSource[] {
  const live = context.settings.offline === undefined ? [liveSource(client, { now: context.now })] : []
  if (source === 'live') {
    if (live.length === 0)
      throw new UsageError(
        'Cannot search the live Hub: offline mode is on',
        'take --source live or the offline setting away',
      )
    return live
  }
  return [curatedSource(curatedList()), ...live]
}

function formatOf(flags: SearchFlags): ListFormat {
  if (flags.json === true) return 'json'
  if (flags.jsonl === true) return 'jsonl'
  return flags.markdown === true ? 'markdown' : flags.style
}

function localAge(state: SearchState, context: Context): string {
  const newest = state.records.map(recordAsOf).reduce((a, b) => ((b ?? '') > (a ?? '') ? b : a), undefined)
  return `${formatAge(newest ?? curatedList().asOf, context.now())} ago`
}

import { createAccessChecker } from '@hubgate/core/access/check'
import {
  type CatalogQuery,
  type CatalogSource,
  curatedList,
  recordAsOf,
  type SearchState,
  searchCatalog,
} from '@hubgate/core/catalog'
import { noticeText } from '@hubgate/core/settings'
import type { NumberRange } from '@hubgate/core/util'
import { type Context, note, noteAll } from '../context.ts'
import { EXIT_CODES, UsageError } from '../exit-codes.ts'
import { type OpenCatalog, openCatalog } from '../open-catalog.ts'
import type { ListSource, ListStyle } from '../options.ts'
import type { Invocation } from '../program.ts'
import { checkRows, knownAccess } from '../row-access.ts'
import { describeEmpty } from '../views/empty.ts'
import { describeMissing } from '../views/failure.ts'
import { createListWriter, type ListFormat } from '../views/list-writer.ts'
import { agoText } from '../views/quantities.ts'
import type { FitOf } from '../views/row-fit.ts'
import { createStatusLine } from '../views/status-line.ts'
import { noteWaits } from '../views/wait.ts'

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
  /** `true` for this machine. */
  readonly fits?: string | true
  readonly at?: number
  readonly sort: NonNullable<CatalogQuery['sort']>
  readonly limit: number
  readonly source: ListSource
  readonly style: ListStyle
  readonly check?: boolean
  readonly json?: boolean
  readonly jsonl?: boolean
  readonly markdown?: boolean
}

/** Prints what is known locally at once; what the Hub adds joins as it arrives. */
export async function search(context: Context, invocation: Invocation): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = invocation.options as unknown as SearchFlags
  const fit = flags.fits === undefined ? undefined : await prepareFits(context, flags)
  const fitOf = fit?.fitOf
  const query: CatalogQuery = {
    ...queryOf(flags, invocation.words),
    ...(fitOf === undefined ? {} : { fits: (record) => fitOf(record) !== undefined }),
  }
  if (flags.check === true && context.settings.offline !== undefined)
    throw new UsageError('Cannot check access: offline mode is on', 'take --check or the offline setting away')
  using status = createStatusLine(context.err)
  await using catalog = await openCatalog(context, { storeRunsIn: 'here', onWait: noteWaits(context, status) })
  const writer = createListWriter(context, formatOf(flags), { limit: flags.limit, fitOf })
  const checker = createAccessChecker({
    client: catalog.client,
    store: catalog.isKept ? catalog.store : undefined,
    now: context.now,
  })
  let last: SearchState | undefined
  for await (const state of searchCatalog(sourcesFor(flags.source, catalog), query, { signal: context.signal })) {
    last = state
    const access = await knownAccess(checker, state.records)
    status.clear()
    // A pipe cannot be written over: it gets its rows once they have been checked.
    const isPartial = state.pending.length > 0 || flags.check === true
    if (flags.check !== true || context.out.canRedraw) writer.update(state.records, isPartial, access)
    if (state.pending.length > 0) status.show('asking the Hub…')
  }
  if (last === undefined) return EXIT_CODES.unexpected
  if (flags.check === true) writer.update(last.records, false, await checkRows(context, checker, last.records, status))
  noteAll(context, [...context.settings.notices.map(noticeText), ...(fit?.notices ?? [])])
  for (const { source, error } of last.failures) {
    if (flags.source === 'live') throw error
    const shown = source === 'live' ? `; shown is what is known offline, as of ${localAge(last, context)}` : ''
    note(context, `note: ${describeMissing(source, error)}${shown}`)
  }
  if (last.records.length === 0 && flags.json !== true && flags.jsonl !== true)
    for (const line of describeEmpty(query, last)) note(context, line)
  noteAll(context, [...writer.notices, ...(await catalog.settle())])
  return EXIT_CODES.done
}

/** What `--fits` asks: a test for rows, from what the catalog knows of them. */
async function prepareFits(
  context: Context,
  { fits, at }: SearchFlags,
): Promise<{ fitOf: FitOf; notices: readonly string[] }> {
  const [{ createFitFilter }, { hardwareOf }] = await Promise.all([
    import('@hubgate/core/fit'),
    import('./hardware-of.ts'),
  ])
  const hardware = await hardwareOf(context, fits === true ? undefined : fits)
  const intent = at === undefined ? {} : { contextLength: at }
  return { fitOf: createFitFilter(hardware, intent, curatedList().records), notices: hardware.notices }
}

export function queryOf(flags: Omit<SearchFlags, 'source' | 'style'>, words: readonly string[]): CatalogQuery {
  const { task, author, library, license, gated, params, context, category, sort, limit } = flags
  const text = words.join(' ').trim()
  if (flags.at !== undefined && flags.fits === undefined)
    throw new UsageError(
      'Cannot use --at alone: it is the context at which --fits judges',
      '--context filters by what a model can do',
    )
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

function sourcesFor(source: ListSource, { locals, live }: OpenCatalog): CatalogSource[] {
  const known = source === 'live' ? [] : locals
  if (live !== undefined && source !== 'offline') return [...known, live]
  if (source === 'live')
    throw new UsageError(
      'Cannot search the live Hub: offline mode is on',
      'take --source live or the offline setting away',
    )
  return [...known]
}

function formatOf(flags: SearchFlags): ListFormat {
  if (flags.json === true) return 'json'
  if (flags.jsonl === true) return 'jsonl'
  return flags.markdown === true ? 'markdown' : flags.style
}

function localAge(state: SearchState, context: Context): string {
  const newest = state.records.map(recordAsOf).reduce((a, b) => ((b ?? '') > (a ?? '') ? b : a), undefined)
  return agoText(newest ?? curatedList().asOf, context.now())
}

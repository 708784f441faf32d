import { accessBadge, accessStates, toAccessJson } from '@hubgate/core/access'
import { addWatch, checkWatched, rememberTold, type WatchNews } from '@hubgate/core/access/check'
import { HubClient, parseModelReference } from '@hubgate/core/hub'
import { endpointText } from '@hubgate/core/settings'
import type { AccountKey, Store } from '@hubgate/core/store'
import { type Context, note, noteAll, noteSettings } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { accessColumns } from '../views/access-table.ts'
import { jsonPage } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'
import { printTable } from '../views/print.ts'
import { createStatusLine } from '../views/status-line.ts'
import { noteWaits } from '../views/wait.ts'
import { createChecker } from './create-checker.ts'
import { openStateStore } from './open-state-store.ts'

/** Puts models on the list, and looks at each once. */
export async function watchAdd(context: Context, { words, options }: Invocation): Promise<number> {
  await using store = await openStateStore(context)
  const added = new Set<string>()
  for (const modelId of idsOf(context, words)) {
    const { watch, isNew } = await addWatch(store.watches, listOf(context), modelId)
    if (!isNew) note(context, `${watch.modelId} is watched already`)
    added.add(watch.id)
  }
  const news = await look(context, store, added)
  show(context, news, options['json'] === true)
  await rememberTold(store.watches, news)
  return EXIT_CODES.done
}

/** Looks at everything on the list. */
export async function watchList(context: Context, { options }: Invocation): Promise<number> {
  await using store = await openStateStore(context)
  const news = await look(context, store)
  if (news.length === 0) note(context, 'Nothing is watched: `hubgate watch add org/name` begins')
  if (news.length > 0 || options['json'] === true) show(context, news, options['json'] === true)
  await rememberTold(store.watches, news)
  return EXIT_CODES.done
}

export async function watchRemove(context: Context, { words, options }: Invocation): Promise<number> {
  await using store = await openStateStore(context)
  const removed: string[] = []
  for (const modelId of idsOf(context, words)) {
    const wasThere = await store.watches.remove({ ...listOf(context), modelId })
    if (wasThere) removed.push(modelId)
    note(context, wasThere ? `${modelId} is no longer watched` : `note: ${modelId} was not watched`)
  }
  if (options['json'] === true) context.out.write(jsonPage({ removed }))
  noteAll(context, store.notices)
  return removed.length > 0 ? EXIT_CODES.done : EXIT_CODES.notFound
}

function idsOf({ settings }: Context, words: readonly string[]): string[] {
  return words.map((word) => parseModelReference(word, settings.endpoint.host).modelId)
}

/** One list for whoever uses this machine, whatever token is set; each Hub has its own. */
function listOf({ settings }: Context): AccountKey {
  return { endpoint: endpointText(settings.endpoint), account: '' }
}

async function look(context: Context, store: Store, only?: ReadonlySet<string>): Promise<WatchNews[]> {
  await using client = new HubClient(context.settings, { onWait: noteWaits(context) })
  using status = createStatusLine(context.err)
  noteSettings(context)
  const news = await checkWatched(createChecker(context, client, store), store.watches, listOf(context), {
    signal: context.signal,
    ...(only === undefined ? {} : { only }),
    onAnswer: (_, { done, total }) => status.show(`looking: ${done} of ${total}`),
  })
  status.clear()
  noteAll(context, store.notices)
  return news
}

function show(context: Context, news: readonly WatchNews[], isJson: boolean): void {
  const { out } = context
  if (isJson) return out.write(jsonPage(news.map(newsJson)))
  const answers = news.map(({ answer }) => answer)
  printTable(context, accessColumns(createPaint(out.color)), answers)
  for (const { watch, answer, hasChanged } of news) {
    if (hasChanged)
      note(context, `changed: ${answer.id} was ${labelOf(watch.told?.state)}, is ${accessBadge(answer.state).label}`)
  }
  const silent = answers.find(({ failure }) => failure !== undefined)
  if (silent?.failure !== undefined) note(context, `note: not everything could be looked at: ${silent.failure.message}`)
}

function newsJson({ watch, answer, hasChanged }: WatchNews): object {
  return {
    ...toAccessJson(answer),
    watchId: watch.id,
    addedAt: watch.addedAt,
    told: watch.told ?? null,
    changed: hasChanged,
  }
}

function labelOf(state: string | undefined): string {
  const known = accessStates.find((name) => name === state)
  return known === undefined ? 'not known' : accessBadge(known).label
}

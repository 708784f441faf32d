import { toAccessJson } from '@hubgate/core/access'
import { createAccessChecker } from '@hubgate/core/access/check'
import {
  type CatalogSource,
  curatedList,
  factOf,
  type ModelRecord,
  mergeRecords,
  suggestIds,
  toModelJson,
} from '@hubgate/core/catalog'
import { HubgateError } from '@hubgate/core/errors'
import { parseModelReference } from '@hubgate/core/hub'
import { endpointText } from '@hubgate/core/settings'
import { type Context, note } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { openCatalog } from '../open-catalog.ts'
import type { Invocation } from '../program.ts'
import { accessLines } from '../views/access-page.ts'
import { describeFailure } from '../views/failure.ts'
import { renderModelPage } from '../views/model-page.ts'
import { createPaint } from '../views/paint.ts'
import { createStatusLine } from '../views/status-line.ts'
import { noteWaits } from '../views/wait.ts'

/** One model, from everything that knows it. */
export async function show(context: Context, invocation: Invocation): Promise<number> {
  const { settings, out, signal } = context
  const { modelId } = parseModelReference(invocation.words[0] ?? '', settings.endpoint.host)
  using status = createStatusLine(context.err)
  await using catalog = await openCatalog(context, { storeRunsIn: 'here', onWait: noteWaits(context, status) })
  const local = await findLocally(catalog.locals, modelId, signal)
  const known = local?.id ?? modelId
  const isRemembering = catalog.isKept || settings.offline === undefined
  const checker = createAccessChecker({
    client: catalog.client,
    store: isRemembering ? catalog.store : undefined,
    now: context.now,
    recall: () => local && factOf(local, 'gated'),
  })
  // Side by side: a Hub that does not answer is waited for once.
  const [live, access] = await Promise.all([findLive(context, catalog.live, known), checker.check(known, { signal })])
  status.clear()
  const record =
    local !== undefined && live.record !== undefined ? mergeRecords(local, live.record) : (live.record ?? local)
  if (record === undefined) {
    const error = notFound(modelId)
    if (live.error === undefined) throw error
    const [nearest] = error.details.suggestions
    if (nearest !== undefined) note(context, `note: no such id is known offline; did you mean ${nearest}?`)
    throw live.error
  }

  for (const text of settings.notices) note(context, `note: ${text}`)
  if (live.error !== undefined) note(context, `note: ${describeFailure(live.error)}; shown is what is known offline`)
  if (local !== undefined && live.isAbsent)
    note(context, 'note: the Hub does not show this model to you now; shown is what was known of it')
  if (invocation.options['json'] === true) {
    out.write(`${JSON.stringify({ ...toModelJson(record), access: toAccessJson(access) }, undefined, 2)}\n`)
  } else {
    const renamedFrom = record.id.toLowerCase() === modelId.toLowerCase() ? undefined : modelId
    const view = { now: context.now(), paint: createPaint(out.color) }
    const endpoint = endpointText(settings.endpoint)
    const lines = [
      ...renderModelPage(record, { ...view, endpoint, renamedFrom }),
      '',
      ...accessLines(access, { ...view, hasToken: settings.token !== undefined }),
    ]
    out.write(lines.map((line) => `${line}\n`).join(''))
  }
  for (const text of await catalog.settle()) note(context, `note: ${text}`)
  return EXIT_CODES.done
}

interface LiveAnswer {
  readonly record?: ModelRecord | undefined
  readonly error?: Error
  /** The Hub was asked, and knows no such model. */
  readonly isAbsent?: boolean
}

/** What all that needs no network knows of it; one that fails leaves the others standing. */
async function findLocally(
  locals: readonly CatalogSource[],
  modelId: string,
  signal: AbortSignal,
): Promise<ModelRecord | undefined> {
  const found = await Promise.all(locals.map((source) => source.find(modelId, { signal }).catch(() => undefined)))
  return found
    .filter((record) => record !== undefined)
    .reduce<ModelRecord | undefined>((one, other) => (one === undefined ? other : mergeRecords(one, other)), undefined)
}

async function findLive(context: Context, live: CatalogSource | undefined, modelId: string): Promise<LiveAnswer> {
  if (live === undefined) return {}
  try {
    const record = await live.find(modelId, { signal: context.signal })
    return { record, isAbsent: record === undefined }
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof Error)) throw error
    return { error }
  }
}

function notFound(modelId: string): HubgateError<'ERR_MODEL_NOT_FOUND'> {
  const suggestions = suggestIds(
    modelId,
    curatedList().records.map(({ id }) => id),
  )
  return new HubgateError(
    'ERR_MODEL_NOT_FOUND',
    `Cannot find ${modelId}: no model of that id is known here, or it is private to others`,
    { modelId, suggestions },
  )
}

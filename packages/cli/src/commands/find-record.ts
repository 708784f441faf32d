import { curatedList, type ModelRecord, mergeRecords, suggestIds } from '@hubgate/core/catalog'
import { HubgateError } from '@hubgate/core/errors'
import type { HubAnswer } from '@hubgate/core/hub'
import { noticeText } from '@hubgate/core/settings'
import { type Context, note } from '../context.ts'
import type { OpenCatalog } from '../open-catalog.ts'
import { describeFailure } from '../views/failure.ts'

export interface FoundRecord {
  readonly record: ModelRecord
  /** Did the Hub answer? Where it did not, nothing more need be asked of it. */
  readonly isLive: boolean
  /** For people: what could not be asked, a line each. */
  readonly notes: readonly string[]
}

/**
 * One model, from everything that knows it.
 * @throws {HubgateError} `ERR_MODEL_NOT_FOUND` with the nearest ids, or what kept the Hub from answering
 */
export async function findRecord(context: Context, catalog: OpenCatalog, modelId: string): Promise<FoundRecord> {
  const local = await findLocally(context, catalog, modelId)
  return joinRecord(context, modelId, local, await findLive(context, catalog, local?.id ?? modelId))
}

/**
 * What is known locally and what the Hub says of it as one record.
 * @throws {HubgateError} as `findRecord`
 */
export function joinRecord(
  context: Context,
  modelId: string,
  local: ModelRecord | undefined,
  live: LiveAnswer,
): FoundRecord {
  const record =
    local !== undefined && live.record !== undefined ? mergeRecords(local, live.record) : (live.record ?? local)
  if (record === undefined) {
    const error = notFound(modelId)
    if (live.error === undefined) throw error
    const [nearest] = error.details.suggestions
    if (nearest !== undefined) note(context, `note: no such id is known offline; did you mean ${nearest}?`)
    throw live.error
  }
  const isHidden = local !== undefined && live.isAbsent === true
  return {
    record,
    isLive: live.record !== undefined,
    notes: [
      ...context.settings.notices.map(noticeText),
      ...(live.error === undefined ? [] : [`${describeFailure(live.error)}; shown is what is known offline`]),
      ...(isHidden ? ['the Hub does not show this model to you now; shown is what was known of it'] : []),
    ],
  }
}

export interface LiveAnswer {
  readonly record?: ModelRecord | undefined
  readonly error?: Error
  /** The Hub was asked, and knows no such model. */
  readonly isAbsent?: boolean
}

/** What all that needs no network knows of it; one that fails leaves the others standing. */
export async function findLocally(
  { signal }: Context,
  { locals }: OpenCatalog,
  modelId: string,
): Promise<ModelRecord | undefined> {
  const found = await Promise.all(locals.map((source) => source.find(modelId, { signal }).catch(() => undefined)))
  return found
    .filter((record) => record !== undefined)
    .reduce<ModelRecord | undefined>((one, other) => (one === undefined ? other : mergeRecords(one, other)), undefined)
}

/** What the Hub says of it, or what kept it from saying so. */
export async function findLive(
  context: Context,
  { live }: OpenCatalog,
  modelId: string,
  details?: Promise<HubAnswer>,
): Promise<LiveAnswer> {
  if (live === undefined) return {}
  try {
    const record = await live.find(modelId, { signal: context.signal, details })
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

import { hasErrorCode } from '@hubgate/core/errors'
import { getDetails, type HubSender, type ModelDetails } from '@hubgate/core/hub'
import type { CuratedModel } from './curate-model.ts'
import type { CuratedFile } from './curated-file.ts'
import { type RefreshedModel, refreshModel } from './refresh-model.ts'

/** Few enough to stay polite; the client itself keeps to the Hub's limits. */
const AT_ONCE = 4

export interface RefreshOptions {
  readonly client: HubSender
  /** Host of the Hub, for the evidence. */
  readonly hubName: string
  readonly now: Date
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface RefreshReport {
  readonly list: CuratedFile
  /** `id: what changed`, sorted. */
  readonly changes: readonly string[]
}

/**
 * Asks the Hub about every model of the list. All or nothing: a Hub that fails once it was asked again leaves the list alone.
 * A model that the Hub does not show stays as it was, and is named.
 * @throws {HubgateError} whatever kept the Hub from answering
 */
export async function refreshList(list: CuratedFile, options: RefreshOptions): Promise<RefreshReport> {
  const { now, hubName, onProgress } = options
  const day = now.toISOString().slice(0, 10)
  const source = `hub-${hubName}-${day}`
  const refreshed = new Map<CuratedModel, RefreshedModel>()
  const queue = list.models.values()
  const work = async (): Promise<void> => {
    for (const model of queue) {
      refreshed.set(model, await refreshOne(model, source, options))
      onProgress?.(refreshed.size, list.models.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const results = list.models.map((model) => settleName(list, model, refreshed.get(model) ?? { model, changes: [] }))
  const models = results.map(({ model }) => model)
  const sources = { ...list.sources, [source]: { title: `the API of ${hubName}, GET /api/models/{id}`, asOf: day } }
  const { kept, dropped } = usedSources(sources, models)
  return {
    list: { ...list, asOf: day, sources: kept, models },
    changes: [
      ...results.flatMap(({ changes }, index) => changes.map((change) => `${list.models[index]?.id}: ${change}`)),
      ...dropped.map((key) => `source ${key}: nothing rests on it any more, taken out`),
    ],
  }
}

async function refreshOne(
  known: CuratedModel,
  source: string,
  { client, now, signal }: RefreshOptions,
): Promise<RefreshedModel> {
  let details: ModelDetails
  try {
    details = await getDetails(client, known.id, { signal })
  } catch (error) {
    const isHidden = hasErrorCode(error, 'ERR_MODEL_NOT_FOUND') || hasErrorCode(error, 'ERR_MODEL_DISABLED')
    if (!isHidden) throw error
    return { model: known, changes: [`not shown by the Hub (${error.details.status}): left as it was`] }
  }
  if (details.model.private === true) return { model: known, changes: ['private now: left as it was'] }
  return refreshModel(known, { ...details, seenAt: now, source })
}

/** A model renamed to one that the list holds already would stand in it twice: for people to join. */
function settleName(list: CuratedFile, known: CuratedModel, refreshed: RefreshedModel): RefreshedModel {
  const id = refreshed.model.id.toLowerCase()
  const isTaken = list.models.some(
    (other) => other !== known && [other.id, ...(other.formerIds ?? [])].some((name) => name.toLowerCase() === id),
  )
  return isTaken
    ? { model: known, changes: [`renamed to ${refreshed.model.id}, which the list holds too: join them by hand`] }
    : refreshed
}

function usedSources(
  sources: CuratedFile['sources'],
  models: readonly CuratedModel[],
): { kept: CuratedFile['sources']; dropped: string[] } {
  const used = new Set(
    models.flatMap(({ facts, gateHistory = [] }) =>
      [...Object.values(facts), ...gateHistory].map(({ source }) => source),
    ),
  )
  const keys = Object.keys(sources).toSorted((a, b) => (a < b ? -1 : 1))
  return {
    kept: Object.fromEntries(keys.filter((key) => used.has(key)).map((key) => [key, sources[key] ?? { title: key }])),
    dropped: keys.filter((key) => !used.has(key)),
  }
}

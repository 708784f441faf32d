import { type AccessJson, toAccessJson } from './access/access-answer.ts'
import { checkMany } from './access/check/check-many.ts'
import { createAccessChecker } from './access/check/checker.ts'
import { curatedList } from './catalog/curated-list.ts'
import { formatSuggestionLine, gateOf, type SuggestionStyle } from './catalog/format-suggestion.ts'
import { memoryLabel, sixteenBitBytes } from './catalog/labels.ts'
import { factOf } from './catalog/merge.ts'
import { type ModelJson, memoryOf, toModelJson } from './catalog/model-json.ts'
import type { DownloadedSnapshot, DownloadSnapshotOptions } from './download/download-options.ts'
import { parseDownloadTarget } from './download/plan-target.ts'
import { HubClient, type HubClientOptions } from './hub/client.ts'
import type { HubModel } from './hub/hub-model.ts'
import { type ListModelsQuery, listModels } from './hub/list-models.ts'
import { getDetails } from './hub/model-details.ts'
import { parseModelReference } from './hub/model-id.ts'
import { resolveSettings, type Settings } from './settings/settings.ts'
import type { Store } from './store/store.ts'

export interface FetchModelsOptions {
  /** Rows at the most. @default 100 */
  readonly limit?: number
  /** Tags that must all be there. @default 'text-generation' */
  readonly filter?: string | readonly string[]
  /** A substring of the id. */
  readonly search?: string
  /** Descending. @default 'downloads' */
  readonly sort?: NonNullable<ListModelsQuery['sort']>
  readonly signal?: AbortSignal
}

/**
 * Models of the live Hub, as it describes them; `gated` is always asked for.
 * @param settings @default huggingface.co, no token, 10 s
 * @throws {RangeError} for a limit that is no whole number above 0
 * @throws {HubgateError} `ERR_HUB_UNREACHABLE`, `ERR_RATE_LIMITED`, `ERR_HUB_STATUS`, `ERR_HUB_ANSWER`, `ERR_TOKEN_INVALID`, `ERR_OFFLINE`: a failure is never an empty list
 * @example const models = await fetchModels({ search: 'llama', limit: 20 })
 */
export async function fetchModels(
  options: FetchModelsOptions = {},
  settings: Settings = resolveSettings(),
): Promise<HubModel[]> {
  const { limit = 100, filter = 'text-generation', search, sort = 'downloads', signal } = options
  if (!(Number.isSafeInteger(limit) && limit > 0))
    throw new RangeError(`Cannot fetch models: limit must be a whole number above 0: current value is ${limit}`)
  const query: ListModelsQuery = {
    filter: [filter].flat(),
    sort,
    direction: -1,
    limit,
    ...(search === undefined || search === '' ? {} : { search }),
  }
  await using client = new HubClient(settings)
  const models = new Map<string, HubModel>()
  for await (const page of listModels(client, query, { signal }))
    for (const model of page.models) models.set(model.id, model)
  return [...models.values()]
}

/**
 * What the Hub tells anybody about one model. Says nothing about access: gated models answer everybody here.
 * @param id `org/name`, or the address of the model page
 * @throws {HubgateError} `ERR_MODEL_ID`, `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_DISABLED`, and those of `fetchModels`
 * @example (await getModelDetails('openai/gpt-oss-20b')).gated // false
 */
export async function getModelDetails(
  id: string,
  settings: Settings = resolveSettings(),
  options: { readonly signal?: AbortSignal } = {},
): Promise<HubModel> {
  const { modelId, revision } = parseModelReference(id, settings.endpoint.host)
  await using client = new HubClient(settings)
  return (await getDetails(client, modelId, { revision, signal: options.signal })).model
}

export interface CheckAccessOptions {
  /** Where answers are kept between calls: it gives `previous`, and asks whose token it is once an hour. */
  readonly store?: Store
  readonly signal?: AbortSignal
}

/**
 * May this token have this model? One of thirteen states, the Hub's own sentence and the one next step. A refusal is an
 * answer, and so is a Hub that does not answer: the state is then `unknown`, with the reason in `failure`.
 * @param id `org/name`, or the address of the model page
 * @throws {HubgateError} `ERR_MODEL_ID`
 * @example (await checkAccess('google/gemma-3-27b-it')).state // 'sign-in', without a token
 */
export async function checkAccess(
  id: string,
  settings: Settings = resolveSettings(),
  options: CheckAccessOptions = {},
): Promise<AccessJson> {
  const [answer] = await checkAccessOfMany([id], settings, options)
  if (answer === undefined) throw new RangeError('Cannot check access: no answer for the only model asked for')
  return answer
}

/**
 * `checkAccess` for many models at once, within the Hub's rate limit.
 * @returns one answer for each id, in their order
 * @throws {HubgateError} `ERR_MODEL_ID`
 */
export async function checkAccessOfMany(
  ids: readonly string[],
  settings: Settings = resolveSettings(),
  { store, signal }: CheckAccessOptions = {},
): Promise<AccessJson[]> {
  const modelIds = ids.map((id) => parseModelReference(id, settings.endpoint.host).modelId)
  await using client = new HubClient(settings)
  return (await checkMany(createAccessChecker({ client, store }), modelIds, { signal })).map(toAccessJson)
}

export type DownloadOptions = Omit<DownloadSnapshotOptions, 'client'>

/**
 * Gets a model: the files a runtime needs, verified, into the cache that all Hugging Face tools read. Asks the gate first, goes on
 * where an earlier call stopped, and fetches nothing that is there. docs/download.md tells the rest.
 * @param id `org/name`, `org/name@revision`, `org/name:Q4_K_M`, or the address of the model page or of one of its files
 * @throws {HubgateError} `ERR_MODEL_ID`, `ERR_ACCESS_REFUSED`, `ERR_MODEL_NOT_FOUND`, `ERR_REVISION_NOT_FOUND`, `ERR_FILES_NOT_FOUND`,
 * `ERR_UNSAFE_PATH`, `ERR_NO_SPACE`, `ERR_INTEGRITY`, and those of `fetchModels`
 * @example const { path } = await downloadSnapshot('Qwen/Qwen2.5-1.5B-Instruct')
 */
export async function downloadSnapshot(
  id: string,
  options: DownloadOptions = {},
  settings: Settings = resolveSettings(),
): Promise<DownloadedSnapshot> {
  const { modelId, revision, ...named } = parseDownloadTarget(id, settings.endpoint.host)
  // Loaded when somebody downloads: the others need nothing of it.
  const { downloadSnapshot: download } = await import('./download/download-snapshot.ts')
  await using client = new HubClient(settings)
  return await download(modelId, {
    ...(revision === undefined ? {} : { revision }),
    ...options,
    client,
    choice: { ...named, ...options.choice },
  })
}

/**
 * What the curated list holds of a model, with no network: memory, parameters, category, gate, context, licence.
 * `undefined` for a model it does not hold. Former ids find the present model.
 * @throws {HubgateError} `ERR_MODEL_ID`, `ERR_CURATED_DATA`
 * @example getModelInfo('meta-llama/Meta-Llama-3.1-8B-Instruct')?.memory?.label // '16GB'
 */
export function getModelInfo(id: string): ModelJson | undefined {
  const record = curatedList().byId(parseModelReference(id).modelId)
  return record && toModelJson(record)
}

/** A model as somebody holds it: a raw answer of the Hub, a `ModelJson`, or written by hand. */
export interface SuggestionModel {
  readonly id: string
  /** Absent: what the curated list last saw. */
  readonly gated?: unknown
  /** A plain count. */
  readonly params?: number | null
  readonly memory?: { readonly label: string } | string | null
  readonly safetensors?: { readonly total?: number }
}

export interface FormatSuggestionOptions {
  /** @default 'brackets' */
  readonly style?: SuggestionStyle
  /** Terminal colours, besides the style's own mark. @default only for the style `colors` */
  readonly color?: boolean
}

/**
 * A model in one line: `meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Terms]`.
 *
 * What the given model does not say is looked up in the curated list; what nobody knows is `?`.
 * @throws {HubgateError} `ERR_MODEL_ID` for a text that is no model id
 * @example formatModelSuggestion({ id: 'acme/tiny-8b', gated: 'auto', params: 8e9 }) // 'acme/tiny-8b (16GB, 8B) [Terms]'
 */
export function formatModelSuggestion(
  idOrModel: string | SuggestionModel,
  options: FormatSuggestionOptions = {},
): string {
  const model: SuggestionModel =
    typeof idOrModel === 'string' ? { id: parseModelReference(idOrModel).modelId } : idOrModel
  const known = curatedList().byId(model.id)
  const params = model.params ?? model.safetensors?.total ?? (known && factOf(known, 'params'))
  const givenLabel = typeof model.memory === 'string' ? model.memory : model.memory?.label
  const label =
    givenLabel ??
    (known !== undefined
      ? memoryOf(known)?.label
      : params === undefined
        ? undefined
        : memoryLabel(sixteenBitBytes(params)))
  const gated = 'gated' in model ? gateOf(model) : ((known && factOf(known, 'gated')) ?? null)
  return formatSuggestionLine(
    { id: typeof idOrModel === 'string' ? (known?.id ?? model.id) : model.id, gated, params, memoryLabel: label },
    options,
  )
}

/** Everything above, bound to one set of settings. */
export interface Hubgate {
  readonly settings: Settings
  fetchModels(options?: FetchModelsOptions): Promise<HubModel[]>
  getModelDetails(id: string): Promise<HubModel>
  checkAccess(id: string, options?: CheckAccessOptions): Promise<AccessJson>
  checkAccessOfMany(ids: readonly string[], options?: CheckAccessOptions): Promise<AccessJson[]>
  downloadSnapshot(id: string, options?: DownloadOptions): Promise<DownloadedSnapshot>
  getModelInfo(id: string): ModelJson | undefined
  formatModelSuggestion(idOrModel: string | SuggestionModel, options?: FormatSuggestionOptions): string
  /** For calls of one's own: pools connections, so dispose of it. */
  createClient(options?: HubClientOptions): HubClient
}

/** @example const hubgate = createHubgate(loadSettings({ environment: process.env, homeFolder: os.homedir() })) */
export function createHubgate(settings: Settings = resolveSettings()): Hubgate {
  return {
    settings,
    fetchModels: (options) => fetchModels(options, settings),
    getModelDetails: (id) => getModelDetails(id, settings),
    checkAccess: (id, options) => checkAccess(id, settings, options),
    checkAccessOfMany: (ids, options) => checkAccessOfMany(ids, settings, options),
    downloadSnapshot: (id, options) => downloadSnapshot(id, options, settings),
    getModelInfo,
    formatModelSuggestion,
    createClient: (options) => new HubClient(settings, options),
  }
}

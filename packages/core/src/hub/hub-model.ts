import { hasControlCharacters } from '../util/control-characters.ts'
import { isSha1 } from '../util/hex-digest.ts'
import { asBoolean, asCount, asString, asStrings, isObject, type JsonObject } from '../util/json.ts'
import { isModelId } from './model-id.ts'

/** A model as the Hub describes it, under the Hub's own names. Every field but the id may be missing: rows carry what was asked for. */
export interface HubModel {
  readonly id: string
  readonly author?: string
  /** `false`, `"auto"`, `"manual"`, a bare `true`; absent where it was not asked for. */
  readonly gated?: boolean | string
  readonly private?: boolean
  readonly disabled?: boolean
  readonly downloads?: number
  readonly likes?: number
  readonly trendingScore?: number
  readonly tags?: readonly string[]
  readonly pipeline_tag?: string
  readonly library_name?: string
  readonly createdAt?: string
  readonly lastModified?: string
  readonly sha?: string
  readonly safetensors?: { readonly total?: number; readonly parameters?: Readonly<Record<string, number>> }
  readonly gguf?: { readonly total?: number; readonly architecture?: string; readonly context_length?: number }
  readonly config?: JsonObject
  readonly cardData?: JsonObject
  readonly siblings?: readonly { readonly rfilename: string }[]
}

const MAX_TAGS = 1000
const MAX_SIBLINGS = 200_000

/** Narrows one model of an answer; `undefined` when it has no usable id. Fields of a wrong type are left out. */
export function parseHubModel(value: unknown): HubModel | undefined {
  if (!isObject(value)) return undefined
  const id = asString(value['id'])
  if (id === undefined || !isModelId(id)) return undefined
  const gated = value['gated']
  return present({
    id,
    author: shortText(value['author']),
    gated: typeof gated === 'boolean' || gated === 'auto' || gated === 'manual' ? gated : undefined,
    private: asBoolean(value['private']),
    disabled: asBoolean(value['disabled']),
    downloads: asCount(value['downloads']),
    likes: asCount(value['likes']),
    trendingScore: asCount(value['trendingScore']),
    tags: asStrings(value['tags'])
      ?.slice(0, MAX_TAGS)
      .filter((tag) => tag.length <= 300 && !hasControlCharacters(tag)),
    pipeline_tag: shortText(value['pipeline_tag']),
    library_name: shortText(value['library_name']),
    createdAt: moment(value['createdAt']),
    lastModified: moment(value['lastModified']),
    sha: commitHash(value['sha']),
    safetensors: parseSafetensors(value['safetensors']),
    gguf: parseGguf(value['gguf']),
    config: isObject(value['config']) ? value['config'] : undefined,
    cardData: isObject(value['cardData']) ? value['cardData'] : undefined,
    siblings: parseSiblings(value['siblings']),
  })
}

function parseSafetensors(value: unknown): HubModel['safetensors'] {
  if (!isObject(value)) return undefined
  const counts = isObject(value['parameters']) ? Object.entries(value['parameters']) : []
  const parameters = Object.fromEntries(
    counts.flatMap(([dtype, count]) =>
      /^\w{1,20}$/.test(dtype) && asCount(count) !== undefined ? [[dtype, Number(count)]] : [],
    ),
  )
  return present({
    total: asCount(value['total']),
    parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
  })
}

function parseGguf(value: unknown): HubModel['gguf'] {
  if (!isObject(value)) return undefined
  return present({
    total: asCount(value['total']),
    architecture: shortText(value['architecture']),
    context_length: asCount(value['context_length']),
  })
}

function parseSiblings(value: unknown): HubModel['siblings'] {
  if (!Array.isArray(value)) return undefined
  return value.slice(0, MAX_SIBLINGS).flatMap((sibling: unknown) => {
    const rfilename = isObject(sibling) ? asString(sibling['rfilename']) : undefined
    return rfilename === undefined ? [] : [{ rfilename }]
  })
}

function commitHash(value: unknown): string | undefined {
  const text = asString(value)
  return text !== undefined && isSha1(text) ? text : undefined
}

function shortText(value: unknown): string | undefined {
  const text = asString(value)
  return text !== undefined && text.length > 0 && text.length <= 200 && !hasControlCharacters(text) ? text : undefined
}

function moment(value: unknown): string | undefined {
  const text = asString(value)
  return text !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text))
    ? text
    : undefined
}

/** Leaves out what is `undefined`: absence is how the Hub says it. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is left has exactly the required keys and no undefined
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)) as T
}

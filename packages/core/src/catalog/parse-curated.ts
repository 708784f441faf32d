import { parseGated } from '../access/gated.ts'
import { HubgateError } from '../errors.ts'
import { isModelId } from '../hub/model-id.ts'
import { hasControlCharacters } from '../util/control-characters.ts'
import { isSha1 } from '../util/hex-digest.ts'
import { asCount, asString, isObject, type JsonObject } from '../util/json.ts'
import {
  categories,
  type Fact,
  type GateObservation,
  type ModelFacts,
  type ModelRecord,
  memoryBases,
} from './record.ts'

/** The models shipped with this package: known with no network. */
export interface CuratedList {
  /** The day it was compiled. */
  readonly asOf: string
  readonly sources: ReadonlyMap<string, CuratedSourceNote>
  readonly records: readonly ModelRecord[]
  /** Whatever the case; former ids find the present model. */
  byId(modelId: string): ModelRecord | undefined
}

/** What an evidence key stands for. */
export interface CuratedSourceNote {
  readonly title: string
  readonly asOf: string | undefined
}

const SCHEMA_VERSION = 1

/**
 * Narrows the curated list. A file that breaks its own rules is refused whole: a list that is half right cannot be trusted.
 * @throws {HubgateError} `ERR_CURATED_DATA`, naming the model and the field
 */
export function parseCurated(value: unknown): CuratedList {
  if (!isObject(value) || value['schemaVersion'] !== SCHEMA_VERSION)
    return refuse(`expected an object of schema version ${SCHEMA_VERSION}`)
  const asOf = parseDate(value['asOf']) ?? refuse('"asOf" is no date')
  const sources = parseSources(value['sources'])
  const models = value['models']
  if (!Array.isArray(models)) return refuse('"models" is no list')
  const records = models.map((model: unknown) => parseModel(model, sources))
  return { asOf, sources, records, byId: indexRecords(records) }
}

function parseSources(value: unknown): Map<string, CuratedSourceNote> {
  if (!isObject(value)) return refuse('"sources" is no object')
  return new Map(
    Object.entries(value).map(([key, note]) => {
      if (!isObject(note) || !isText(note['title'])) return refuse(`source "${printable(key)}" has no title`)
      return [key, { title: note['title'], asOf: parseDate(note['asOf']) }]
    }),
  )
}

function parseModel(value: unknown, sources: ReadonlyMap<string, CuratedSourceNote>): ModelRecord {
  const id = isObject(value) ? asString(value['id']) : undefined
  if (!isObject(value) || id === undefined || !isModelId(id)) return refuse('a model has no usable id')
  const fields = value['facts']
  if (!isObject(fields)) return refuse(`${id} has no facts`)
  const facts: Record<string, Fact<unknown>> = {}
  for (const [field, fact] of Object.entries(fields)) {
    const check = isField(field) ? checks[field] : undefined
    if (check === undefined || !isObject(fact) || !check(fact['value']))
      return refuse(`${id} has a damaged fact "${printable(field)}"`)
    facts[field] = { value: fact['value'], source: 'curated', ...originOf(fact, sources, id) }
  }
  const formerIds = value['formerIds'] ?? []
  if (!Array.isArray(formerIds) || !formerIds.every((former) => typeof former === 'string' && isModelId(former)))
    return refuse(`${id} has damaged former ids`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every value passed the check of its field above
  return {
    id,
    formerIds,
    facts: facts,
    gateHistory: parseGateHistory(value['gateHistory'], sources, id),
  }
}

function parseGateHistory(
  value: unknown,
  sources: ReadonlyMap<string, CuratedSourceNote>,
  id: string,
): GateObservation[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) return refuse(`${id} has a damaged gate history`)
  return value.map((entry: unknown) => {
    const gated = isObject(entry) ? parseGated(entry['gated']) : undefined
    if (!isObject(entry) || gated === undefined) return refuse(`${id} has a damaged gate history`)
    return { gated, ...originOf(entry, sources, id) }
  })
}

function originOf(
  entry: JsonObject,
  sources: ReadonlyMap<string, CuratedSourceNote>,
  id: string,
): { evidence: string; asOf: string | undefined } {
  const evidence = asString(entry['source']) ?? ''
  const note = sources.get(evidence) ?? refuse(`${id} names a source that is not explained`)
  if (entry['asOf'] !== undefined && parseDate(entry['asOf']) === undefined)
    return refuse(`${id} has a date that is none`)
  return { evidence, asOf: parseDate(entry['asOf']) ?? note.asOf }
}

/** What each fact must look like. Every field of `ModelFacts` stands here, or the compiler says so. */
const checks: { readonly [K in keyof ModelFacts]: (value: unknown) => boolean } = {
  author: isText,
  gated: (value) => parseGated(value) !== undefined,
  private: isBoolean,
  disabled: isBoolean,
  params: isPositive,
  activeParams: isPositive,
  paramsByDtype: isCountTable,
  memory: (value) =>
    isObject(value) &&
    isText(value['label']) &&
    isPositive(value['bytes']) &&
    memoryBases.some((basis) => basis === value['basis']),
  category: (value) => categories.some((category) => category === value),
  contextLength: isPositive,
  license: isText,
  licenseName: isText,
  pipelineTag: isText,
  library: isText,
  downloads: isNumber,
  likes: isNumber,
  trendingScore: isNumber,
  tags: (value) => Array.isArray(value) && value.every(isText),
  baseModel: (value) => typeof value === 'string' && isModelId(value),
  createdAt: (value) => parseDate(value) !== undefined,
  lastModified: (value) => parseDate(value) !== undefined,
  sha: (value) => typeof value === 'string' && isSha1(value),
  architecture: isText,
  modelType: isText,
  config: (value) =>
    isObject(value) &&
    Object.values(value).every((part) => isNumber(part) || isBoolean(part) || isText(part) || isCountTable(part)),
  quantization: isText,
  weightsBytes: isPositive,
  ggufFilesBytes: isCountTable,
}

function isField(name: string): name is keyof ModelFacts {
  return Object.hasOwn(checks, name)
}

function indexRecords(records: readonly ModelRecord[]): CuratedList['byId'] {
  const byName = new Map<string, ModelRecord>()
  for (const record of records) {
    for (const name of [record.id, ...record.formerIds].map((id) => id.toLowerCase())) {
      if (byName.has(name)) refuse(`${name} stands in it twice`)
      byName.set(name, record)
    }
  }
  return (modelId) => byName.get(modelId.toLowerCase())
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 300 && !hasControlCharacters(value)
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isNumber(value: unknown): boolean {
  return asCount(value) !== undefined
}

function isPositive(value: unknown): boolean {
  return (asCount(value) ?? 0) > 0
}

function isCountTable(value: unknown): boolean {
  return isObject(value) && Object.entries(value).every(([key, count]) => isText(key) && isNumber(count))
}

/** A year, a month, a day or a moment. */
function parseDate(value: unknown): string | undefined {
  return typeof value === 'string' &&
    /^\d{4}(?:-\d\d(?:-\d\d(?:T[\d:.]+Z)?)?)?$/.test(value) &&
    !Number.isNaN(Date.parse(value))
    ? value
    : undefined
}

function printable(text: string): string {
  return hasControlCharacters(text) ? '?' : text.slice(0, 60)
}

function refuse(why: string): never {
  throw new HubgateError('ERR_CURATED_DATA', `Cannot use the curated list: ${why}`, { reason: why })
}

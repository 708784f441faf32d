import { factOf } from '../catalog/merge.ts'
import { mergeById } from '../catalog/merge-by-id.ts'
import type { ModelRecord } from '../catalog/record.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import type { JsonObject } from '../util/json.ts'
import type { FitFacts } from './fit-facts.ts'
import { type Asked, type ConfigAnswer, listHubFiles, listHubRelatives, readHubConfig } from './hub-facts.ts'
import { makeFacts, memoryFacts } from './record-facts.ts'
import { relativesAmong } from './relatives.ts'
import { arePlausible, countWeightFiles, type ListedFile } from './weight-files.ts'

/** How many relatives' configs are tried, where the model's own cannot be read. */
const MAX_STAND_INS = 3

/**
 * Facts of one model from the Hub, where they are best: its file sizes, its `config.json`, its relatives. What a gate hides is
 * taken from the catalog, from the base model, from a public relative of the same shape, and the notes say so. Three calls at
 * the same time, a few more behind a gate.
 * @param known records of the catalog among which relatives are, such as the curated list
 * @throws only what `signal` was aborted with: what the Hub does not tell is done without
 */
export async function gatherFacts(record: ModelRecord, known: readonly ModelRecord[], asked: Asked): Promise<FitFacts> {
  const [files, answer, found] = await Promise.all([
    listHubFiles(record.id, asked),
    readHubConfig(record.id, asked),
    listHubRelatives(record, asked),
  ])
  const records = mergeById([...known, ...found])
  const relatives = relativesAmong(record, records)
  const shape = await settleConfig(record, records, answer, asked)
  const model = { ...memoryFacts(record), ...sizeFacts(record, files), ...shape.facts }
  return makeFacts(record.id, model, { maxContext: factOf(record, 'contextLength'), relatives, notes: shape.notes })
}

function sizeFacts(record: ModelRecord, files: readonly ListedFile[] | undefined): Partial<ModelFactsForMemory> {
  if (files === undefined) return {}
  const { safetensorsBytes, ggufFilesBytes } = countWeightFiles(files)
  const isBelieved = safetensorsBytes !== undefined && arePlausible(safetensorsBytes, factOf(record, 'params'))
  return {
    ...(isBelieved ? { weightsBytes: safetensorsBytes, weightsBasis: 'files' } : {}),
    ...(Object.keys(ggufFilesBytes).length === 0 ? {} : { ggufFilesBytes }),
  }
}

interface SettledConfig {
  readonly facts: Pick<ModelFactsForMemory, 'config'>
  readonly notes: readonly string[]
}

async function settleConfig(
  record: ModelRecord,
  known: readonly ModelRecord[],
  answer: ConfigAnswer,
  asked: Asked,
): Promise<SettledConfig> {
  if ('config' in answer) return { facts: { config: answer.config }, notes: [] }
  const why = reasons[answer.missing]
  if (factOf(record, 'config') !== undefined)
    return { facts: {}, notes: answer.missing === 'absent' ? [] : [`${why}: its shape is taken from the curated list`] }
  if (answer.missing === 'unreachable') return { facts: {}, notes: [] }
  const standIn = await findStandIn(record, known, asked)
  if (standIn === undefined)
    return { facts: {}, notes: [`${why}, nor that of a relative: the cache is guessed from the parameter count`] }
  return { facts: { config: standIn.config }, notes: [`${why}: its shape is taken from ${standIn.id}`] }
}

const reasons = {
  refused: 'its config.json is behind its gate',
  absent: 'it has no config.json',
  unusable: 'its config.json does not tell its shape',
  unreachable: 'its config.json could not be read',
} as const

/** The base, or another repository of the same model, whose config can be had. Its number format is not ours, so that is left out. */
async function findStandIn(
  record: ModelRecord,
  known: readonly ModelRecord[],
  asked: Asked,
): Promise<{ id: string; config: unknown } | undefined> {
  const base = factOf(record, 'baseModel')
  const relatives = relativesAmong(record, known).filter(({ quantization }) => quantization !== 'GGUF')
  const ids = [...new Set([...(base === undefined ? [] : [base]), ...relatives.map(({ id }) => id)])]
  const byId = new Map(known.map((other) => [other.id.toLowerCase(), other]))
  const stored = ids.find((id) => byId.get(id.toLowerCase())?.facts.config !== undefined)
  if (stored !== undefined) return { id: stored, config: byId.get(stored.toLowerCase())?.facts.config?.value }
  for (const id of ids.slice(0, MAX_STAND_INS)) {
    const answer = await readHubConfig(id, asked)
    if ('config' in answer) return { id, config: withoutFormat(answer.config) }
  }
  return undefined
}

function withoutFormat(config: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(config).filter(([name]) => !/^(?:quantization|compression)(?:_config)?$/.test(name)),
  )
}

import { factOf } from '../catalog/merge.ts'
import type { ModelRecord } from '../catalog/record.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import type { JsonObject } from '../util/json.ts'
import { type Asked, type Missing, readHubConfig } from './hub-facts.ts'
import { relativesAmong } from './relatives.ts'

/** How many relatives' configs are tried, where the model's own cannot be read. */
const MAX_STAND_INS = 3

/** Facts that tell a model's shape, and what people should know of where they came from. */
export interface Shape {
  readonly facts: ModelFactsForMemory
  readonly notes: readonly string[]
}

/** The shape of a model whose own config is `missing`: as the catalog has it, else that of a relative, else none. */
export async function findShape(
  record: ModelRecord,
  known: readonly ModelRecord[],
  missing: Missing,
  asked: Asked,
): Promise<Shape> {
  const why = reasons[missing]
  if (factOf(record, 'config') !== undefined)
    return { facts: {}, notes: missing === 'absent' ? [] : [`${why}: its shape is taken from the curated list`] }
  if (missing === 'unreachable') return { facts: {}, notes: [] }
  const standIn = await findStandIn(record, known, asked)
  if (standIn === undefined)
    return { facts: {}, notes: [`${why}, nor that of a relative: the cache is guessed from the parameter count`] }
  return { facts: { config: standIn.config }, notes: [`${why}: its shape is taken from ${standIn.id}`] }
}

const reasons: Readonly<Record<Missing, string>> = {
  refused: 'its config.json is behind its gate',
  absent: 'it has no config.json',
  unusable: 'its config.json does not tell its shape',
  unreachable: 'its config.json could not be read',
}

/** The base, or another repository of the same model, whose config can be had. Its number format is not ours, so that is left out. */
async function findStandIn(
  record: ModelRecord,
  known: readonly ModelRecord[],
  asked: Asked,
): Promise<{ id: string; config: unknown } | undefined> {
  // What was trained further kept its base's shape.
  const base = factOf(record, 'baseModel')
  const relatives = relativesAmong(record, known).filter(({ quantization }) => quantization !== 'GGUF')
  const ids = [...new Set([...(base === undefined ? [] : [base]), ...relatives.map(({ id }) => id)])]
  const configs = new Map(known.map((other) => [other.id.toLowerCase(), factOf(other, 'config')]))
  const stored = ids.find((id) => configs.get(id.toLowerCase()) !== undefined)
  if (stored !== undefined) return { id: stored, config: configs.get(stored.toLowerCase()) }
  for (const id of ids.slice(0, MAX_STAND_INS)) {
    const answer = await readHubConfig(id, asked)
    if (typeof answer === 'object') return { id, config: withoutFormat(answer.config) }
  }
  return undefined
}

function withoutFormat(config: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(config).filter(([name]) => !/^(?:quantization|compression)(?:_config)?$/.test(name)),
  )
}

import { factOf } from '../catalog/merge.ts'
import { mergeById } from '../catalog/merge-by-id.ts'
import type { ModelRecord } from '../catalog/record.ts'
import { chooseQuantization } from '../memory/choose-quantization.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import type { FitFacts } from './fit-facts.ts'
import { type Asked, listHubFiles, listHubRelatives, readHubConfig, readHubGguf } from './hub-facts.ts'
import { makeFacts, memoryFacts } from './record-facts.ts'
import { relativesAmong } from './relatives.ts'
import { findShape, type Shape } from './stand-in.ts'
import { arePlausible, chooseWeightFiles, type ListedFile, sizesOf, sumOf, type WeightFiles } from './weight-files.ts'

/**
 * Facts of one model from the Hub, where they are best: its file sizes, its `config.json` or the header of its GGUF file, its
 * relatives. What a gate hides is taken from the catalog, from the base model, from a public relative of the same shape, and the
 * notes say so. Three calls at the same time, a few more behind a gate.
 * @param known records of the catalog among which relatives are, such as the curated list
 * @throws only what `signal` was aborted with: what the Hub does not tell is done without
 */
export async function gatherFacts(record: ModelRecord, known: readonly ModelRecord[], asked: Asked): Promise<FitFacts> {
  const [files, config, found] = await Promise.all([
    listHubFiles(record.id, asked),
    readHubConfig(record.id, asked),
    listHubRelatives(record, asked),
  ])
  const records = mergeById([...known, ...found])
  const relatives = relativesAmong(record, records)
  const weights = chooseWeightFiles(files ?? [])
  const sized = { ...memoryFacts(record), ...sizeFacts(record, weights) }
  const shape =
    typeof config === 'object'
      ? { facts: config, notes: [] }
      : ((await readOwnGguf(record.id, sized, weights, asked)) ?? (await findShape(record, records, config, asked)))
  const model = { ...sized, ...shape.facts }
  return makeFacts(record.id, model, { maxContext: factOf(record, 'contextLength'), relatives, notes: shape.notes })
}

function sizeFacts(record: ModelRecord, { safetensors, gguf }: WeightFiles): Partial<ModelFactsForMemory> {
  const bytes = sumOf(safetensors)
  const isBelieved = bytes > 0 && arePlausible(bytes, factOf(record, 'params'))
  return {
    ...(isBelieved ? { weightsBytes: bytes, weightsBasis: 'files' } : {}),
    ...(gguf.size === 0 ? {} : { ggufFilesBytes: sizesOf(gguf) }),
  }
}

/** A repository of GGUF files carries the shape in each of them. */
async function readOwnGguf(
  modelId: string,
  sized: ModelFactsForMemory,
  { gguf }: WeightFiles,
  asked: Asked,
): Promise<Shape | undefined> {
  const usual = gguf.get(chooseQuantization(sized, undefined).quantization.label)
  const parts: readonly ListedFile[] = usual ?? [...gguf.values()][0] ?? []
  const facts = parts.length === 0 ? 'absent' : await readHubGguf(modelId, parts, asked)
  return typeof facts === 'object' && facts.config !== undefined ? { facts, notes: [] } : undefined
}

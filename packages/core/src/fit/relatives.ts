import { baseModelOf } from '../catalog/base-model.ts'
import { factOf } from '../catalog/merge.ts'
import type { ModelRecord } from '../catalog/record.ts'
import { chooseQuantization } from '../memory/choose-quantization.ts'
import type { FitFacts, Relative } from './fit-facts.ts'
import { offers } from './quantizations.ts'
import { memoryFacts } from './record-facts.ts'

/**
 * The model whose weights these are, whatever their number format. What was trained further is a model of its own, though it
 * names a base as well; curated records name a base only where they are a copy of it.
 */
export function originalOf(record: ModelRecord): string {
  const { relations } = baseModelOf(factOf(record, 'tags') ?? []) ?? {}
  const isModelOfItsOwn = relations !== undefined && relations.size > 0 && !relations.has('quantized')
  return isModelOfItsOwn ? record.id : (factOf(record, 'baseModel') ?? record.id)
}

/** Repositories among these that hold the same model in another number format, most downloaded first. */
export function relativesAmong(record: ModelRecord, records: Iterable<ModelRecord>): Relative[] {
  const base = originalOf(record).toLowerCase()
  return [...records]
    .filter(
      (other) =>
        other.id !== record.id &&
        (other.id.toLowerCase() === base || factOf(other, 'baseModel')?.toLowerCase() === base),
    )
    .toSorted((a, b) => (factOf(b, 'downloads') ?? 0) - (factOf(a, 'downloads') ?? 0))
    .map(relativeOf)
}

/** The repository that has these weights in this format, as far as is known: its own, or a relative. */
export function holderOf(facts: FitFacts, quantization: string): string | undefined {
  const isOwn = quantization === facts.quantization || Object.hasOwn(facts.model.ggufFilesBytes ?? {}, quantization)
  return isOwn ? facts.id : facts.relatives.find((relative) => offers(relative.quantization ?? '', quantization))?.id
}

/** A GGUF repository is told as such: which files it holds, its name does not say. */
export function relativeOf(record: ModelRecord): Relative {
  const facts = memoryFacts(record)
  const isGguf = facts.quantization === 'GGUF' || facts.tags?.includes('gguf') || /-gguf$/i.test(record.id)
  return {
    id: record.id,
    quantization: isGguf ? 'GGUF' : chooseQuantization(facts, undefined).quantization.label,
  }
}

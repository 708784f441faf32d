import { factOf } from '../catalog/merge.ts'
import type { ModelRecord } from '../catalog/record.ts'
import { chooseQuantization } from '../memory/choose-quantization.ts'
import type { Relative } from './fit-facts.ts'
import { memoryFacts } from './record-facts.ts'

/** Repositories among these that hold the same model in another number format, most downloaded first. */
export function relativesAmong(record: ModelRecord, records: Iterable<ModelRecord>): Relative[] {
  const base = (factOf(record, 'baseModel') ?? record.id).toLowerCase()
  return [...records]
    .filter(
      (other) =>
        other.id !== record.id &&
        (other.id.toLowerCase() === base || factOf(other, 'baseModel')?.toLowerCase() === base),
    )
    .toSorted((a, b) => (factOf(b, 'downloads') ?? 0) - (factOf(a, 'downloads') ?? 0))
    .map(relativeOf)
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

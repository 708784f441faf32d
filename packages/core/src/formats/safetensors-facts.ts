import type { ModelFactsForMemory } from '../memory/facts.ts'
import type { SafetensorsHeader } from './safetensors-header.ts'

/** The facts that the headers of all shards of a model give together. */
export function safetensorsFacts(
  headers: readonly SafetensorsHeader[],
): Required<Pick<ModelFactsForMemory, 'paramsByDtype' | 'weightsBytes' | 'weightsBasis'>> {
  const counts = new Map<string, number>()
  for (const { paramsByDtype } of headers)
    for (const [dtype, count] of Object.entries(paramsByDtype)) counts.set(dtype, (counts.get(dtype) ?? 0) + count)
  const weightsBytes = headers.reduce((sum, { tensorBytes }) => sum + tensorBytes, 0)
  return { paramsByDtype: Object.fromEntries(counts), weightsBytes, weightsBasis: 'header' }
}

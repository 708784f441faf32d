import { estimateMemory } from './estimate.ts'
import type { ModelFactsForMemory } from './facts.ts'
import type { MemoryBasis } from './weights.ts'

/** Bytes of the weights as an engine loads them in their published format: the one figure a list shows for a model. */
export interface WeightsFigure {
  readonly bytes: number
  readonly basis: MemoryBasis
}

/**
 * The weights alone, without cache and overhead, in the format they are published in; of a repository of GGUF files, its `Q4_K_M`.
 * @returns `undefined` when the facts tell no size
 */
export function weightsFigure(facts: ModelFactsForMemory): WeightsFigure | undefined {
  try {
    const { weights, basis } = estimateMemory(facts)
    return { bytes: weights, basis }
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

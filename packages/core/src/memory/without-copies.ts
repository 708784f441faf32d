import { estimateMemory } from './estimate.ts'
import type { ModelFactsForMemory } from './facts.ts'

/** More bytes than this many times what its parameters make in their format: the repository holds its weights twice. */
const TWICE = 1.6

/** Without the weight of its files, where that counts more than the model: then its parameters tell more. */
export function withoutCopies(facts: ModelFactsForMemory): ModelFactsForMemory {
  const { weightsBytes, ...others } = facts
  if (weightsBytes === undefined || others.paramsTotal === undefined) return facts
  return weightsBytes > TWICE * estimateMemory(others).weights ? others : facts
}

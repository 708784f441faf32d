import { estimateMemory } from './estimate.ts'
import type { ModelFactsForMemory } from './facts.ts'
import { readShape } from './model-shape.ts'
import type { MemoryOptions } from './options.ts'

/** Searched up to here where the model states no maximum of its own. */
const UNSTATED_LIMIT = 1 << 20

/**
 * The largest context with which the model takes no more than `availableBytes` on each GPU: at most the model's own maximum.
 * @returns `undefined` when not even one token fits
 * @throws what `estimateMemory` throws
 */
export function maxContext(
  facts: ModelFactsForMemory,
  options: MemoryOptions,
  availableBytes: number,
): number | undefined {
  const limit = readShape(facts.config, facts)?.maxPositions ?? UNSTATED_LIMIT
  const fits = (contextLength: number): boolean =>
    estimateMemory(facts, { ...options, contextLength }).perGpu.total <= availableBytes
  if (!fits(1)) return undefined
  if (fits(limit)) return limit
  let [low, high] = [1, limit]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

import type { MemoryEstimate } from '../memory/estimate.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import { type ModelShape, readShape } from '../memory/model-shape.ts'
import { resolveParams } from '../memory/resolve-params.ts'

/** How fast tokens can come at the very most, for one sequence with a full context. A bound, never a promise. */
export interface DecodeBound {
  readonly tokensPerSecond: number
  /** What must be read of memory for each token: active weights, cache and state. */
  readonly bytesPerToken: number
  /** Of all GPUs together. */
  readonly bandwidthBytesPerSecond: number
}

/**
 * Bandwidth over the bytes read for each token: engines reach 50 to 85 % of it on cards, less with small models.
 * `undefined` where the bandwidth is not known.
 * @see memory-model 8
 */
export function decodeBound(
  facts: ModelFactsForMemory,
  estimate: Pick<MemoryEstimate, 'weights' | 'kvCache' | 'state' | 'batch'>,
  devices: readonly { readonly bandwidthBytesPerSecond: number | undefined }[],
): DecodeBound | undefined {
  const slowest = Math.min(...devices.map(({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond ?? Number.NaN))
  if (!(slowest > 0 && Number.isFinite(slowest))) return undefined
  const { weights, kvCache, state, batch } = estimate
  const bytesPerToken = weights * activeShare(facts, readShape(facts.config)) + (kvCache + state) / batch
  if (!(bytesPerToken > 0)) return undefined
  const bandwidthBytesPerSecond = slowest * devices.length
  return { tokensPerSecond: bandwidthBytesPerSecond / bytesPerToken, bytesPerToken, bandwidthBytesPerSecond }
}

/** The share of the weights that one token reads: not the experts it does not visit, and one row of the input embeddings. */
function activeShare(facts: ModelFactsForMemory, shape: ModelShape | undefined): number {
  const groups = shape?.hidden === undefined ? [] : (resolveParams(facts, shape)?.groups ?? [])
  const total = groups.reduce((sum, { params }) => sum + params, 0)
  if (total === 0) {
    const { paramsTotal, activeParams } = facts
    return paramsTotal === undefined || activeParams === undefined ? 1 : Math.min(1, activeParams / paramsTotal)
  }
  const isTied = !groups.some(({ role }) => role === 'output')
  const visited = shape?.experts === undefined ? 1 : Math.min(1, shape.experts.active / shape.experts.count)
  const read = groups.reduce((sum, { role, params }) => {
    if (role === 'embedding') return sum + (isTied ? params : 0)
    return sum + (role === 'expertUp' || role === 'expertDown' ? params * visited : params)
  }, 0)
  return read / total
}

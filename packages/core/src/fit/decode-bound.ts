import type { MemoryEstimate } from '../memory/estimate.ts'

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
  estimate: Pick<MemoryEstimate, 'activeWeights' | 'kvCache' | 'state' | 'batch'>,
  devices: readonly { readonly bandwidthBytesPerSecond: number | undefined }[],
): DecodeBound | undefined {
  const slowest = Math.min(...devices.map(({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond ?? Number.NaN))
  if (!(slowest > 0 && Number.isFinite(slowest))) return undefined
  const { activeWeights, kvCache, state, batch } = estimate
  const bytesPerToken = activeWeights + (kvCache + state) / batch
  if (!(bytesPerToken > 0)) return undefined
  const bandwidthBytesPerSecond = slowest * devices.length
  return { tokensPerSecond: bandwidthBytesPerSecond / bytesPerToken, bytesPerToken, bandwidthBytesPerSecond }
}

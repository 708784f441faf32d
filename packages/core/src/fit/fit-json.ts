import type { Device } from './devices.ts'
import type { FitFacts } from './fit-facts.ts'
import type { FitAnswer } from './fit-model.ts'
import type { Verdict } from './verdict.ts'

/** A fit as every edge gives it out. Bytes, tokens; what is unknown is `null`. */
export interface FitJson {
  readonly id: string
  readonly basis: string
  readonly engine: string
  readonly contextLength: number
  readonly batch: number
  readonly quantization: string
  /** Of all GPUs together. */
  readonly weights: number
  readonly kvCache: number
  readonly kvBytesPerToken: number
  readonly state: number
  readonly overhead: number
  readonly total: number
  /** Of one GPU. */
  readonly perGpu: {
    readonly weights: number
    readonly kvCache: number
    readonly state: number
    readonly overhead: number
    readonly total: number
    /** `total`, and what an engine keeps on the CPU's side where the two share their memory. */
    readonly needed: number
    /** What the engine may fill of it. */
    readonly capacity: number
    readonly spare: number
  }
  /** Bytes between which `total` lies in about nine of ten cases. */
  readonly errorBand: { readonly low: number; readonly high: number }
  /** Empty where there is none, and main memory was weighed against. */
  readonly gpus: readonly (Pick<Device, 'name' | 'memoryBytes' | 'freeBytes'> & {
    readonly bandwidthBytesPerSecond: number | null
    readonly isUsed: boolean
  })[]
  readonly verdict: Verdict
  readonly alternatives: readonly Verdict[]
  readonly maxContext: number | null
  readonly smallestGpu: { readonly name: string; readonly count: number } | null
  readonly decodeBound: { readonly tokensPerSecond: number; readonly bytesPerToken: number } | null
  readonly relatives: readonly { readonly id: string; readonly quantization: string | null }[]
  readonly notes: readonly string[]
}

export function toFitJson(facts: FitFacts, answer: FitAnswer): FitJson {
  const { trial, verdict, alternatives, decode, devices } = answer
  const { basis, engine, contextLength, batch, errorBand, perGpu, kvBytesPerToken } = trial.estimate
  const { weights, kvCache, state, overhead, total } = trial.estimate
  return {
    id: facts.id,
    basis,
    engine,
    contextLength,
    batch,
    quantization: trial.setup.quantization,
    weights,
    kvCache,
    kvBytesPerToken,
    state,
    overhead,
    total,
    perGpu: {
      weights: perGpu.weights,
      kvCache: perGpu.kvCache,
      state: perGpu.state,
      overhead: perGpu.overhead,
      total: perGpu.total,
      needed: trial.needBytes,
      capacity: trial.capacityBytes,
      spare: trial.spareBytes,
    },
    errorBand,
    gpus: devices
      .filter(({ isRam }) => !isRam)
      .map(({ name, memoryBytes, freeBytes, bandwidthBytesPerSecond }, index) => ({
        name,
        memoryBytes,
        freeBytes,
        bandwidthBytesPerSecond: bandwidthBytesPerSecond ?? null,
        isUsed: index < trial.setup.count,
      })),
    verdict,
    alternatives,
    maxContext: answer.maxContext ?? null,
    smallestGpu: answer.smallestGpu ?? null,
    decodeBound:
      decode === undefined ? null : { tokensPerSecond: decode.tokensPerSecond, bytesPerToken: decode.bytesPerToken },
    relatives: facts.relatives.map(({ id, quantization }) => ({ id, quantization: quantization ?? null })),
    notes: [...facts.notes, ...trial.estimate.notes],
  }
}

import { type ChosenQuantization, chooseQuantization } from './choose-quantization.ts'
import type { Engine } from './engine.ts'
import type { ModelFactsForMemory } from './facts.ts'
import { cacheBytes } from './kv-cache.ts'
import { type ModelShape, readShape } from './model-shape.ts'
import { type MemoryOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { overheadBytes } from './overhead.ts'
import type { Quantization } from './quantization.ts'
import { stateBytes } from './state.ts'
import { type MemoryBasis, weightBytes } from './weights.ts'

/** Bytes by what they are for. */
export interface MemoryTerms {
  readonly weights: number
  readonly kvCache: number
  /** Constant state of linear-attention and state-space layers. */
  readonly state: number
  /** Activations, work buffers and the driver's context. */
  readonly overhead: number
  readonly total: number
}

export interface GpuMemoryTerms extends MemoryTerms {
  readonly kvBytesPerToken: number
}

/** What running a model takes: on all GPUs together, and on each. All figures are bytes, whole and finite. */
export interface MemoryEstimate extends MemoryTerms {
  /** Growth of the cache per token of one sequence, averaged over the context, on all GPUs. */
  readonly kvBytesPerToken: number
  readonly perGpu: GpuMemoryTerms
  /** Of `overhead`: what the engine's own allocator counts, and what only the driver sees. On all GPUs. */
  readonly overheadParts: { readonly activations: number; readonly runtime: number }
  /** Of `weights`: bytes that one token reads, on all GPUs together. Divide bandwidth by it for a bound on decoding. */
  readonly activeWeights: number
  /** Weights kept in main memory instead (llama.cpp's input embeddings): not part of `total`. */
  readonly hostWeights: number
  /** Stored in the files and not loaded (prediction layers, second copies): not part of `total`. */
  readonly unloadedWeights: number
  readonly basis: MemoryBasis
  /** Bytes between which `total` lies in about nine of ten cases. */
  readonly errorBand: { readonly low: number; readonly high: number }
  readonly engine: Engine
  /** Label of the number format assumed. */
  readonly quantization: string
  readonly contextLength: number
  readonly batch: number
  readonly kvDtype: string
  readonly tensorParallel: number
  /** What was assumed or not believed, as sentences. */
  readonly notes: readonly string[]
}

/**
 * Estimates the GPU memory a model needs at inference. Pure: no I/O, and cheap enough for every row of a page.
 * @throws {RangeError} when an option cannot be meant (context 0, a negative batch, an unknown KV type or quantization)
 * @throws {TypeError} when nothing in the facts tells how large the model is
 * @example estimateMemory({ config, paramsTotal: 8030261248 }, { contextLength: 131072, engine: 'vllm' }).perGpu.total
 */
export function estimateMemory(facts: ModelFactsForMemory, options: MemoryOptions = {}): MemoryEstimate {
  const shape = readShape(facts.config, facts)
  const chosen = chooseQuantization(facts, options.quantization)
  const resolved = withEngineTypes(resolveOptions(options, shape?.maxPositions), chosen.quantization)
  const weights = weightBytes(facts, shape, chosen.quantization, chosen.isPublished, resolved)
  const params = weights.params?.total ?? weights.total / 2
  const cache = cacheBytes(shape, params, resolved)
  const state = stateBytes(shape, resolved)
  const overhead = overheadBytes(shape, params, chosen.quantization, resolved)
  const gpus = resolved.tensorParallel
  const extra = overhead.activations + overhead.runtime
  const all = terms(weights.total, cache.total, state.total, extra * gpus)
  return {
    ...all,
    kvBytesPerToken: cache.perToken,
    perGpu: { ...terms(weights.perGpu, cache.perGpu, state.perGpu, extra), kvBytesPerToken: cache.perTokenPerGpu },
    overheadParts: { activations: Math.ceil(overhead.activations * gpus), runtime: Math.ceil(overhead.runtime * gpus) },
    activeWeights: Math.ceil(weights.read),
    hostWeights: Math.ceil(weights.host),
    unloadedWeights: Math.ceil(weights.unloaded),
    basis: weights.basis,
    errorBand: band(all, weights.band, cache.band, overhead.band),
    engine: resolved.engine,
    quantization: chosen.quantization.label,
    contextLength: resolved.contextLength,
    batch: resolved.batch,
    kvDtype: resolved.kvDtype,
    tensorParallel: gpus,
    notes: notesOf(chosen, shape, weights.notes, cache.notes),
  }
}

/** MLC's `f32` builds compute and cache in 32 bits. */
function withEngineTypes(options: ResolvedOptions, { method, wideBits }: Quantization): ResolvedOptions {
  return options.kvDtype === 'auto' && method === 'mlc' && wideBits === 32 ? { ...options, kvBytes: [4, 4] } : options
}

function terms(weights: number, kvCache: number, state: number, overhead: number): MemoryTerms {
  const parts = {
    weights: Math.ceil(weights),
    kvCache: Math.ceil(kvCache),
    state: Math.ceil(state),
    overhead: Math.ceil(overhead),
  }
  return { ...parts, total: parts.weights + parts.kvCache + parts.state + parts.overhead }
}

type Factors = readonly [low: number, high: number]

/** Each term has its own uncertainty; their errors have causes of their own, so they add up as squares. */
function band(all: MemoryTerms, weights: Factors, cache: Factors, overhead: Factors): { low: number; high: number } {
  const away = (end: 0 | 1): number =>
    Math.hypot(
      all.weights * (weights[end] - 1),
      all.kvCache * (cache[end] - 1),
      all.state * 0.2,
      all.overhead * (overhead[end] - 1),
    )
  return { low: Math.max(0, Math.floor(all.total - away(0))), high: Math.ceil(all.total + away(1)) }
}

function notesOf(
  chosen: ChosenQuantization,
  shape: ModelShape | undefined,
  ...more: readonly (readonly string[])[]
): string[] {
  return [...new Set([...chosen.notes, ...(shape?.doubts ?? []), ...more.flat()])]
}

import { keepsFullWindow } from './engine.ts'
import type { AttentionLayers } from './layer-plan.ts'
import type { ModelShape } from './model-shape.ts'
import type { ResolvedOptions } from './options.ts'
import { splitsTensors } from './tensor-parallel.ts'
import { vllmLimits } from './vllm-limits.ts'

/** Bytes of the KV cache. */
export interface CacheBytes {
  readonly total: number
  readonly perGpu: number
  /** On all GPUs, per token of one sequence, averaged over the context: window layers stop growing. */
  readonly perToken: number
  readonly perTokenPerGpu: number
  readonly band: readonly [low: number, high: number]
  readonly notes: readonly string[]
}

/** The cache of `batch` sequences of `contextLength` tokens, as the engine allocates it. */
export function cacheBytes(shape: ModelShape | undefined, params: number, options: ResolvedOptions): CacheBytes {
  if (shape !== undefined && encoders.test(shape.family)) return { ...none, band: [1, 1], notes: [] }
  if (shape === undefined || !shape.isCacheKnown) return guessedCache(shape, params, options)
  const { tensorParallel: gpus } = options
  const factor = perGpuFactor(shape, options)
  const layers = layerBytes(shape, options)
  const copies = options.copiesCache ? 2 : 1
  const total = copies * layers.reduce((sum, { perToken, allocated }) => sum + perToken * allocated, 0)
  const held = layers.reduce((sum, { perToken, tokens }) => sum + perToken * tokens, 0)
  const perToken = held / (options.contextLength * options.batch)
  return {
    total: total * factor * gpus,
    perGpu: total * factor,
    perToken: perToken * factor * gpus,
    perTokenPerGpu: perToken * factor,
    band: shape.plan.doubts.length > 0 ? [0.15, 1.1] : [0.97, 1.05],
    notes: shape.plan.doubts,
  }
}

/** They see a text once, and keep nothing of it. */
const encoders = /^(bert|xlm|roberta|modernbert|nomic_bert|distilbert|deberta|mpnet|electra)/
const none = { total: 0, perGpu: 0, perToken: 0, perTokenPerGpu: 0 }

interface LayerBytes {
  readonly perToken: number
  /** Tokens held, and held after the engine's rounding up. */
  readonly tokens: number
  readonly allocated: number
}

function layerBytes(shape: ModelShape, options: ResolvedOptions): LayerBytes[] {
  const all = shape.plan.attention.reduce((sum, { layers }) => sum + layers, 0)
  const own = all === 0 ? 0 : Math.max(0, all - shape.plan.sharedCache) / all
  return shape.plan.attention.map((group) => ({
    perToken: group.layers * own * bytesPerLayer(shape, group, options),
    ...tokensHeld(group, shape, options),
  }))
}

function bytesPerLayer(shape: ModelShape, { kind }: AttentionLayers, options: ResolvedOptions): number {
  const [keyBytes, valueBytes] = options.kvBytes
  const { latent, heads } = shape
  if (latent !== undefined) {
    // Without latent caching every head keeps its own key and value: ik_llama.cpp without -mla, llama.cpp before April 2025.
    if (!options.latentCache)
      return heads * (((latent.nopeDim ?? 128) + latent.ropeDim) * keyBytes + (latent.valueDim ?? 128) * valueBytes)
    // The indexer's keys are fp8 with one float32 scale, whatever the cache's type (vllm/v1/attention/backends/mla/indexer.py).
    const index = latent.indexDim === 0 ? 0 : latent.indexDim + 4
    return (latent.kvRank + latent.ropeDim) * keyBytes + index
  }
  const isGlobal = kind === 'full' && shape.plan.attention.length > 1
  const width = isGlobal ? shape.globalKvHeads * shape.globalHeadDim : shape.kvHeads * shape.headDim
  return width * (keyBytes + valueBytes)
}

/** Whether a window saves memory is the engine's affair. */
function tokensHeld(
  group: AttentionLayers,
  shape: ModelShape,
  options: ResolvedOptions,
): { tokens: number; allocated: number } {
  const { contextLength, batch, engine } = options
  const tokens = contextLength * batch
  const window = group.window
  if (window === undefined || window >= contextLength || !savesWindows(group, shape, options))
    return { tokens, allocated: roundedTokens(tokens, options) }
  // vLLM and SGLang need room for the tokens of one prefill step beside the windows.
  const held = Math.min(tokens, window * batch + (splitsTensors(options) ? vllmLimits(options).tokens : 0))
  if (engine === 'llama.cpp')
    return { tokens: held, allocated: Math.min(roundUp(tokens, 256), roundUp(window * batch + UBATCH, 256)) }
  return { tokens: held, allocated: roundedTokens(held, options) }
}

/** llama.cpp's default --ubatch-size. */
const UBATCH = 512

function savesWindows(group: AttentionLayers, shape: ModelShape, { engine, engineName }: ResolvedOptions): boolean {
  const everywhere = group.layers === shape.plan.layers
  // llama.cpp has window caches for the families that mix layers; a window in all layers (Mistral 7B v0.1) it ignores, as MLX does.
  if (engine === 'llama.cpp') return !everywhere && !keepsFullWindow(engineName)
  return engine === 'mlx' ? !everywhere : true
}

/** vLLM and SGLang give out blocks of 16 tokens, llama.cpp pads to 256, MLX grows by steps of 256. */
function roundedTokens(tokens: number, { engine, batch }: ResolvedOptions): number {
  const step = engine === 'vllm' || engine === 'sglang' ? 16 : engine === 'llama.cpp' || engine === 'mlx' ? 256 : 1
  return roundUp(tokens / batch, step) * batch
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}

/** Heads divide until there is one per GPU, then they are copied; a latent is copied from the start. Layer splits divide evenly. */
function perGpuFactor(shape: ModelShape, options: ResolvedOptions): number {
  const gpus = options.tensorParallel
  if (gpus === 1) return 1
  if (!splitsTensors(options)) return 1 / gpus
  return shape.latent === undefined ? 1 / Math.min(gpus, shape.kvHeads) : 1
}

/** Without the heads: what grouped-query models of that size keep (8B: 65536 elements a token, 70B: 163840, 1.5B: 14336). */
function guessedCache(shape: ModelShape | undefined, params: number, options: ResolvedOptions): CacheBytes {
  const { contextLength, batch, kvBytes, tensorParallel } = options
  const elements = 32768 * (Math.max(params, 1e6) / 8e9) ** 0.55 * attendingShare(shape, options)
  const perToken = elements * (kvBytes[0] + kvBytes[1])
  const total = perToken * contextLength * batch
  return {
    total,
    perGpu: total / tensorParallel,
    perToken,
    perTokenPerGpu: perToken / tensorParallel,
    band: [0.2, 4],
    notes: elements === 0 ? [] : ['the KV cache is a guess from the parameter count: no config tells its heads'],
  }
}

/** Of a cache of all layers over the whole context: what the layers that attend, and their windows, leave. */
function attendingShare(shape: ModelShape | undefined, options: ResolvedOptions): number {
  if (shape === undefined) return 1
  const held = shape.plan.attention.map((group) => group.layers * tokensHeld(group, shape, options).tokens)
  return held.reduce((sum, tokens) => sum + tokens, 0) / (shape.plan.layers * options.contextLength * options.batch)
}

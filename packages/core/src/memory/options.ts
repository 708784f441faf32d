import { type Engine, resolveEngine } from './engine.ts'
import { elementBytes } from './kv-dtype.ts'

/** How the model is meant to be run. Sizes in tokens and bytes. */
export interface MemoryOptions {
  /** Tokens one sequence may hold: prompt and answer together. @default 8192, or the model's own maximum where that is less */
  readonly contextLength?: number
  /** Sequences held at the same time. @default 1 */
  readonly batch?: number
  /** Element type of the KV cache: `auto`, `bf16`, `fp16`, `fp8`, `q8_0`, `q4_0`, or two as `q8_0/q4_0`. @default 'auto': 16 bit */
  readonly kvDtype?: string
  /** Estimate as if the weights were in this number format. @default the format they are published in */
  readonly quantization?: string
  /** Engine or another name of one (`ollama`); an unknown name is `generic`. @default 'generic' */
  readonly engine?: string
  /** GPUs the weights are divided over. @default 1 */
  readonly tensorParallel?: number
  /** Memory of one GPU: vLLM chooses its batch limits by it. */
  readonly gpuMemoryBytes?: number
  /** Tokens of the context that are generated rather than prompt, where the engine holds a whole prompt's activations. @default 2048 */
  readonly generatedTokens?: number
  /** vLLM and SGLang: tokens of one prefill step. @default by GPU memory, as vLLM does */
  readonly maxBatchedTokens?: number
  /** Does the engine keep one latent a token where the model has latent attention? @default true */
  readonly latentCache?: boolean
  /** Does the cache grow by copying, so that the old and the new one exist at once (transformers before 4.36)? @default false */
  readonly copiesCache?: boolean
  /** vLLM: sequences it may run at once. @default by GPU memory, as vLLM does */
  readonly maxSequences?: number
}

export interface ResolvedOptions {
  readonly contextLength: number
  readonly batch: number
  readonly kvDtype: string
  /** Bytes of one element of K and of V. */
  readonly kvBytes: readonly [key: number, value: number]
  readonly engine: Engine
  readonly engineName: string | undefined
  readonly tensorParallel: number
  readonly gpuMemoryBytes: number | undefined
  readonly generatedTokens: number
  readonly latentCache: boolean
  readonly copiesCache: boolean
  readonly maxBatchedTokens: number | undefined
  readonly maxSequences: number | undefined
}

const DEFAULT_CONTEXT = 8192
const MAX_TOKENS = 1e10
const MAX_BATCH = 1e6

/**
 * Applies the defaults and checks once, at the door.
 * @throws {RangeError} when a number cannot be meant
 */
export function resolveOptions(options: MemoryOptions, maxContext: number | undefined): ResolvedOptions {
  const contextLength = whole(
    'contextLength',
    options.contextLength ?? Math.min(DEFAULT_CONTEXT, maxContext ?? DEFAULT_CONTEXT),
    MAX_TOKENS,
  )
  const kvDtype = options.kvDtype ?? 'auto'
  return {
    contextLength,
    batch: whole('batch', options.batch ?? 1, MAX_BATCH),
    kvDtype,
    kvBytes: elementBytes(kvDtype),
    engine: resolveEngine(options.engine),
    engineName: options.engine,
    tensorParallel: whole('tensorParallel', options.tensorParallel ?? 1, 4096),
    gpuMemoryBytes: optional('gpuMemoryBytes', options.gpuMemoryBytes, 1e15),
    generatedTokens: Math.min(contextLength, whole('generatedTokens', options.generatedTokens ?? 2048, MAX_TOKENS)),
    latentCache: options.latentCache ?? true,
    copiesCache: options.copiesCache ?? false,
    maxBatchedTokens: optional('maxBatchedTokens', options.maxBatchedTokens, MAX_TOKENS),
    maxSequences: optional('maxSequences', options.maxSequences, MAX_BATCH),
  }
}

function optional(name: string, value: number | undefined, max: number): number | undefined {
  return value === undefined ? undefined : whole(name, value, max)
}

function whole(name: string, value: number, max: number): number {
  if (Number.isFinite(value) && Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new RangeError(
    `Cannot estimate memory with ${name} ${String(value)}: it must be a whole number from 1 to ${max}`,
  )
}

import type { TensorGroup, TensorRole } from './count-params.ts'
import type { ModelFactsForMemory } from './facts.ts'
import { type MixContext, mixedBits } from './gguf-mix.ts'
import type { ModelShape } from './model-shape.ts'
import type { ResolvedOptions } from './options.ts'
import type { Quantization } from './quantization.ts'
import { type ResolvedParams, resolveParams } from './resolve-params.ts'

export type MemoryBasis = 'files' | 'header' | 'config' | 'params-only'

/** Bytes of the weights, and how sure they are. */
export interface WeightBytes {
  /** On all GPUs together. */
  readonly total: number
  readonly perGpu: number
  /** Kept in main memory: llama.cpp's input embeddings. */
  readonly host: number
  /** Stored, but not loaded. */
  readonly unloaded: number
  readonly basis: MemoryBasis
  /** Factors on `total` between which the truth lies. */
  readonly band: readonly [low: number, high: number]
  readonly params: ResolvedParams | undefined
  readonly notes: readonly string[]
}

/**
 * Exact sizes win where they are of the format that is asked for; else the parameters, role by role, in their formats.
 * @throws {TypeError} when the facts hold neither a size nor a parameter count, config or name to derive one from
 */
export function weightBytes(
  facts: ModelFactsForMemory,
  shape: ModelShape | undefined,
  quantization: Quantization,
  isPublished: boolean,
  options: ResolvedOptions,
): WeightBytes {
  const params = resolveParams(facts, shape)
  const exact = exactBytes(facts, quantization, isPublished)
  if (params === undefined && exact === undefined)
    throw new TypeError(
      `Cannot estimate the memory of ${facts.name ?? 'this model'}: neither its sizes, a parameter count nor a usable config.json is known`,
    )
  const groups = params === undefined ? [] : groupBytes(params, shape, quantization)
  const counted = groups.reduce((sum, { bytes }) => sum + bytes, 0)
  const stored = storedElsewhere(params, counted)
  const factor = exact === undefined || counted === 0 ? 1 : exact.bytes / (counted + stored)
  const all = exact === undefined ? counted : counted === 0 ? exact.bytes : counted * factor
  const host = hostBytes(facts, groups, factor, shape, options)
  const extras = engineExtras(shape, params, quantization, options)
  const loaded = all - host
  return {
    ...divide(loaded, groups, factor, shape, options, extras),
    host,
    unloaded: stored * factor,
    basis:
      exact?.basis ??
      (params?.source === 'config' ||
      (shape !== undefined && params?.source === 'total' && counted > 0 && params.isExact)
        ? 'config'
        : shape === undefined
          ? 'params-only'
          : 'config'),
    band: bandOf(exact !== undefined, params, shape, quantization),
    params,
    notes: params?.notes ?? [],
  }
}

interface SizedGroup extends TensorGroup {
  readonly bytes: number
}

function groupBytes(params: ResolvedParams, shape: ModelShape | undefined, quantization: Quantization): SizedGroup[] {
  const groups = withSeparateHead(params.groups, shape, quantization)
  const context = mixContext(shape, groups)
  return groups.map((group) => ({ ...group, bytes: (group.params * bitsOf(quantization, group, context)) / 8 }))
}

/** AutoAWQ writes the output matrix of tied models out beside the embeddings. */
function withSeparateHead(
  groups: readonly TensorGroup[],
  shape: ModelShape | undefined,
  { method }: Quantization,
): readonly TensorGroup[] {
  const embedding = groups.find(({ role }) => role === 'embedding')
  const hasHead = groups.some(({ role }) => role === 'output')
  if (method !== 'awq' || hasHead || embedding === undefined || shape === undefined) return groups
  return [...groups, { ...embedding, role: 'output' }]
}

function bitsOf(quantization: Quantization, group: TensorGroup, context: MixContext): number {
  const { mix, wide, bits, wideBits, method } = quantization
  if (mix !== undefined) return mixedBits(mix, group, context)
  if (method === 'float') return bits
  if (group.role === 'small' || group.role === 'router' || wide.has(group.role)) return wideBits
  return bits
}

function mixContext(shape: ModelShape | undefined, groups: readonly TensorGroup[]): MixContext {
  return {
    experts: shape?.experts?.count ?? 0,
    queriesPerKv: shape === undefined ? 4 : shape.heads / shape.kvHeads,
    isFalcon: shape?.family === 'falcon',
    layers: shape?.plan.layers ?? 32,
    isTied: !groups.some(({ role }) => role === 'output'),
  }
}

/** Bytes of stored parameters that are not loaded, in the average format of the rest. */
function storedElsewhere(params: ResolvedParams | undefined, counted: number): number {
  return params === undefined || params.total === 0 ? 0 : (params.unloaded / params.total) * counted
}

function exactBytes(
  facts: ModelFactsForMemory,
  quantization: Quantization,
  isPublished: boolean,
): { bytes: number; basis: 'files' | 'header' } | undefined {
  const file = ggufFile(facts, quantization)
  if (file !== undefined) return { bytes: file, basis: 'files' }
  const { weightsBytes, weightsBasis = 'files' } = facts
  return isPublished && isSize(weightsBytes) ? { bytes: weightsBytes, basis: weightsBasis } : undefined
}

function ggufFile({ ggufFilesBytes }: ModelFactsForMemory, { label, method }: Quantization): number | undefined {
  if (ggufFilesBytes === undefined || !(method === 'gguf' || method === 'float')) return undefined
  const found = Object.entries(ggufFilesBytes).find(([name]) => name.toUpperCase() === label)?.[1]
  return isSize(found) ? found : undefined
}

function isSize(bytes: number | undefined): bytes is number {
  return typeof bytes === 'number' && Number.isFinite(bytes) && bytes > 0 && bytes <= 1e16
}

/** llama.cpp keeps the input embeddings in main memory even with all layers offloaded, unless they are the output matrix too. */
function hostBytes(
  facts: ModelFactsForMemory,
  groups: readonly SizedGroup[],
  factor: number,
  shape: ModelShape | undefined,
  options: ResolvedOptions,
): number {
  if (options.engine !== 'llama.cpp' || shape === undefined) return 0
  const isTied = !groups.some(({ role }) => role === 'output')
  const embedding = groups.find(({ role }) => role === 'embedding')?.bytes ?? 0
  return isTied ? 0 : (facts.embeddingBytes ?? embedding * factor)
}

/** What an engine adds to the checkpoint on each GPU, counted by it as weights. */
function engineExtras(
  shape: ModelShape | undefined,
  params: ResolvedParams | undefined,
  { method }: Quantization,
  { engine, contextLength }: ResolvedOptions,
): number {
  if (engine !== 'vllm' || shape === undefined) return 0
  // vLLM builds the rotary table for all positions once: max_position_embeddings × rotary width × 2 bytes
  // (vllm/model_executor/layers/rotary_embedding: cos_sin_cache). 131072 × 128 × 2 is the 0.031 GiB by which its log exceeds the checkpoint.
  const positions = Math.min(shape.maxPositions ?? contextLength, 1 << 24)
  const table = positions * (shape.latent?.ropeDim ?? shape.headDim) * 2
  return table + (method === 'mxfp4' ? paddingBytes(shape, params) : 0)
}

/** MXFP4 kernels of vLLM pad expert matrices: intermediate to a multiple of 128, hidden to 256 (Marlin, vllm/…/quantization/mxfp4.py). */
function paddingBytes({ experts, hidden = 0 }: ModelShape, params: ResolvedParams | undefined): number {
  if (experts === undefined) return 0
  const inExperts = (params?.groups ?? [])
    .filter(({ role }) => role === 'expertUp' || role === 'expertDown')
    .reduce((sum, group) => sum + group.params, 0)
  const padded = (roundUp(experts.intermediate, 128) * roundUp(hidden, 256)) / (experts.intermediate * hidden)
  return (inExperts * (padded - 1) * 4.25) / 8
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}

/** Roles that tensor parallelism copies to every GPU. */
const replicated: ReadonlySet<TensorRole> = new Set<TensorRole>(['small', 'router', 'latent', 'tower'])

/** vLLM and SGLang split tensors; the others give each GPU some of the layers. */
function divide(
  loaded: number,
  groups: readonly SizedGroup[],
  factor: number,
  shape: ModelShape | undefined,
  options: ResolvedOptions,
  extras: number,
): { total: number; perGpu: number } {
  const gpus = options.tensorParallel
  if (gpus === 1) return { total: loaded + extras, perGpu: loaded + extras }
  if (!splitsTensors(options)) return { total: loaded, perGpu: loaded / gpus }
  const known = groups.reduce((sum, { bytes }) => sum + bytes, 0) * factor
  const share = groups.reduce((sum, group) => sum + (group.bytes * factor) / divisor(group.role, shape, gpus), 0)
  const perGpu = (known === 0 ? loaded / gpus : share + (loaded - known) / gpus) + extras / (extras > 1e9 ? gpus : 1)
  return { total: perGpu * gpus, perGpu }
}

export function splitsTensors({ engine }: ResolvedOptions): boolean {
  return engine === 'vllm' || engine === 'sglang'
}

function divisor(role: TensorRole, shape: ModelShape | undefined, gpus: number): number {
  if (replicated.has(role)) return 1
  return role === 'attnK' || role === 'attnV' ? Math.min(gpus, shape?.kvHeads ?? gpus) : gpus
}

/** How far off each way of knowing was on the development rows, rounded outwards. @see docs/memory.md */
function bandOf(
  isExact: boolean,
  params: ResolvedParams | undefined,
  shape: ModelShape | undefined,
  quantization: Quantization,
): [number, number] {
  if (isExact) return [0.97, 1.03]
  const format = formatBand(quantization)
  const count = params?.source === 'name' ? 0.15 : shape === undefined ? 0.04 : params?.isExact === true ? 0.01 : 0.05
  const unknownEnds = shape === undefined && quantization.method !== 'float' ? 0.2 : 0
  return [Math.max(0.1, 1 - format - count), 1 + format + count + unknownEnds]
}

function formatBand({ method, isGuess }: Quantization): number {
  if (method === 'float') return isGuess ? 0.5 : 0.02
  if (method === 'gguf') return isGuess ? 0.12 : 0.03
  return (method === 'nvfp4' ? 0.12 : 0.03) + (isGuess ? 0.2 : 0)
}

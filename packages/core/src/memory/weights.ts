import type { SizedGroup, TensorGroup, TensorRole } from './count-params.ts'
import { addedBytes, hostBytes, loadsTowers } from './engine-weights.ts'
import { type ExactBytes, exactBytes } from './exact-bytes.ts'
import type { ModelFactsForMemory } from './facts.ts'
import { type MixContext, mixedBits } from './gguf-mix.ts'
import type { ModelShape } from './model-shape.ts'
import type { ResolvedOptions } from './options.ts'
import { packsWords, type Quantization } from './quantization.ts'
import { type ResolvedParams, resolveParams } from './resolve-params.ts'
import { divideWeights } from './tensor-parallel.ts'

/** What a weights figure was computed from: sizes of files, tensor sizes of headers, the config, or a parameter count alone. */
export type MemoryBasis = 'files' | 'header' | 'config' | 'params-only'

/** Bytes of the weights, and how sure they are. */
export interface WeightBytes {
  /** On all GPUs together. */
  readonly total: number
  readonly perGpu: number
  /** Of `total`: what one token reads, so not the experts it does not visit, nor the input embeddings but for a row. */
  readonly read: number
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
  const isPacked = isPublished && packsWords(quantization)
  const params = resolveParams(facts, shape, { loadsTowers: loadsTowers(options), isPacked })
  const counted = params === undefined ? [] : groupBytes(params, shape, quantization)
  const unloaded = params === undefined ? 0 : (params.unloaded / params.total) * sum(counted)
  const { exact, notes } = exactBytes(
    facts,
    shape,
    quantization,
    isPublished,
    params?.isExact ? sum(counted) + unloaded : undefined,
  )
  if (params === undefined && exact === undefined)
    throw new TypeError(
      `Cannot estimate the memory of ${facts.name?.slice(0, 200) ?? 'this model'}: neither its sizes, a parameter count nor a usable config.json is known`,
    )
  const factor = exact === undefined || sum(counted) === 0 ? 1 : exact.bytes / (sum(counted) + unloaded)
  const groups = counted.map((group) => ({ ...group, bytes: group.bytes * factor }))
  const host = hostBytes(facts, groups, options)
  const loaded = (groups.length === 0 ? (exact?.bytes ?? 0) : sum(groups)) - host
  return {
    ...divideWeights(loaded, groups, shape, options, addedBytes(shape, groups, quantization, options)),
    read:
      groups.length === 0
        ? loaded
        : readBytes(groups, shape, (facts.activeParams ?? Number.NaN) / (params?.total ?? 1)),
    host,
    unloaded: unloaded * factor,
    basis: exact?.basis ?? (shape === undefined ? 'params-only' : 'config'),
    band: bandOf(exact, params, shape, quantization),
    params,
    notes: [...(params?.notes ?? []), ...notes],
  }
}

function sum(groups: readonly SizedGroup[]): number {
  return groups.reduce((total, { bytes }) => total + bytes, 0)
}

/** @param active published share of active parameters, where no config tells the experts */
function readBytes(groups: readonly SizedGroup[], shape: ModelShape | undefined, active: number): number {
  if (shape?.experts === undefined && active > 0 && active < 1) return sum(groups) * active
  const isTied = !groups.some(({ role }) => role === 'output')
  const visited = shape?.experts === undefined ? 1 : shape.experts.active / shape.experts.count
  const share = (role: TensorRole): number => {
    if (role === 'tower') return 0
    if (role === 'embedding') return isTied ? 1 : 0
    return role === 'expertUp' || role === 'expertDown' ? visited : 1
  }
  return groups.reduce((total, { role, bytes }) => total + bytes * share(role), 0)
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
  return group.role === 'small' || group.role === 'router' || wide.has(group.role) ? wideBits : bits
}

function mixContext(shape: ModelShape | undefined, groups: readonly TensorGroup[]): MixContext {
  return {
    experts: shape?.experts?.count ?? 0,
    queriesPerKv: shape === undefined ? 4 : shape.heads / shape.kvHeads,
    isFalcon: shape?.family === 'falcon',
    hasPackedExperts: shape?.family === 'gpt_oss',
    isTied: !groups.some(({ role }) => role === 'output'),
  }
}

/** How far off each way of knowing was on the development rows, rounded outwards. @see docs/memory.md */
function bandOf(
  exact: ExactBytes | undefined,
  params: ResolvedParams | undefined,
  shape: ModelShape | undefined,
  quantization: Quantization,
): [number, number] {
  if (exact !== undefined) return [0.97, 1.03]
  const format = formatBand(quantization)
  const count = params?.source === 'name' ? 0.15 : shape === undefined ? 0.04 : params?.isExact === true ? 0.01 : 0.05
  const unknownEnds = shape === undefined && quantization.method !== 'float' ? 0.2 : 0
  return [Math.max(0.1, 1 - format - count), 1 + format + count + unknownEnds]
}

function formatBand({ method, isGuess }: Quantization): number {
  if (method === 'float') return isGuess ? 0.75 : 0.02
  if (method === 'gguf') return isGuess ? 0.12 : 0.03
  return (method === 'nvfp4' ? 0.12 : 0.03) + (isGuess ? 0.2 : 0)
}

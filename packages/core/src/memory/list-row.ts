import { chooseQuantization } from './choose-quantization.ts'
import type { ModelFactsForMemory } from './facts.ts'
import { resolveOptions } from './options.ts'
import { overheadBytes } from './overhead.ts'
import { type MemoryBasis, weightBytes } from './weights.ts'

/** What a row of the Hub's list, or of an index made of it, carries of a model. */
export interface ListRow {
  /** Model id. */
  readonly name: string
  /** `safetensors.parameters` of the list answer. */
  readonly paramsByDtype?: Readonly<Record<string, number>>
  /** `safetensors.total`, or `gguf.total`. */
  readonly paramsTotal?: number
  readonly tags?: readonly string[]
  readonly libraryName?: string
}

/** One figure for a row: bytes on a single GPU, without the cache, which a list row says nothing of. */
export interface ListRowMemory {
  readonly total: number
  readonly weights: number
  readonly overhead: number
  readonly quantization: string
  readonly basis: MemoryBasis
  readonly errorBand: { readonly low: number; readonly high: number }
}

/** Tags by which quantizers and the Hub mark a number format; `4-bit` and `8-bit` say less than a method beside them. */
const formatTags = [
  'gptq',
  'awq',
  'bitsandbytes',
  'fp8',
  'mxfp4',
  'nvfp4',
  'compressed-tensors',
  'exl2',
  'exl3',
  'mlc-llm',
] as const

/**
 * Weights and overhead at the default context, from a list row alone: the cheapest figure there is, for every row of the Hub.
 * @returns `undefined` when the row tells no size
 * @see docs/memory.md for the error measured against rows whose files are known
 */
export function listRowMemory(row: ListRow): ListRowMemory | undefined {
  const quantization = formatOf(row)
  const facts = { ...row, ...(quantization === undefined ? {} : { quantization }) }
  try {
    return figureOf(facts)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function figureOf(facts: ModelFactsForMemory): ListRowMemory {
  const options = resolveOptions({}, undefined)
  const { quantization, isPublished } = chooseQuantization(facts, undefined)
  const weights = weightBytes(facts, undefined, quantization, isPublished, options)
  const overhead = overheadBytes(undefined, weights.params?.total ?? weights.total / 2, quantization, options)
  const extra = overhead.activations + overhead.runtime
  const away = (end: 0 | 1): number =>
    Math.hypot(weights.total * (weights.band[end] - 1), extra * (overhead.band[end] - 1))
  const total = Math.ceil(weights.total + extra)
  return {
    total,
    weights: Math.ceil(weights.total),
    overhead: Math.ceil(extra),
    quantization: quantization.label,
    basis: weights.basis,
    errorBand: { low: Math.max(0, Math.floor(total - away(0))), high: Math.ceil(total + away(1)) },
  }
}

function formatOf({ tags = [], libraryName }: ListRow): string | undefined {
  const bits = tags.includes('4-bit') ? 4 : tags.includes('8-bit') ? 8 : undefined
  if (libraryName === 'mlx' || tags.includes('mlx')) return bits === undefined ? undefined : `mlx-${bits}bit`
  if (tags.includes('gguf') || libraryName === 'gguf') return 'GGUF'
  const method = formatTags.find((tag) => tags.includes(tag))
  if (method === undefined) return undefined
  return bits === undefined ? method : `${method}-int${bits}`
}

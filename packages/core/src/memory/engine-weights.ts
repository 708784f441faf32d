import type { SizedGroup } from './count-params.ts'
import type { ModelFactsForMemory } from './facts.ts'
import type { ModelShape } from './model-shape.ts'
import type { ResolvedOptions } from './options.ts'
import type { Quantization } from './quantization.ts'

/** llama.cpp has vision towers in a file of their own (mmproj); mlx-lm and MLC drop them, mlx-vlm does not. */
export function loadsTowers({ engine, engineName }: ResolvedOptions): boolean {
  return !(engine === 'llama.cpp' || engine === 'mlc' || engine === 'mlx') || /vlm/i.test(engineName ?? '')
}

/** llama.cpp keeps the input embeddings in main memory even with all layers offloaded, unless they are the output matrix too. */
export function hostBytes(
  facts: ModelFactsForMemory,
  groups: readonly SizedGroup[],
  { engine }: ResolvedOptions,
): number {
  if (engine !== 'llama.cpp' || !groups.some(({ role }) => role === 'output')) return 0
  const embeddings = groups.filter(({ role }) => role === 'embedding').reduce((sum, { bytes }) => sum + bytes, 0)
  const { embeddingBytes } = facts
  const all = groups.reduce((sum, { bytes }) => sum + bytes, 0)
  return embeddingBytes !== undefined && embeddingBytes >= 0 && embeddingBytes <= all ? embeddingBytes : embeddings
}

/** What an engine adds to the checkpoint, counted by it as weights. */
export interface AddedBytes {
  /** On every GPU. */
  readonly copied: number
  /** Divided over the GPUs. */
  readonly divided: number
}

export function addedBytes(
  shape: ModelShape | undefined,
  groups: readonly SizedGroup[],
  { method }: Quantization,
  { engine, contextLength }: ResolvedOptions,
): AddedBytes {
  if (engine !== 'vllm' || shape === undefined) return { copied: 0, divided: 0 }
  // vLLM builds the rotary table for all positions once: max_position_embeddings × rotary width × 2 bytes (cos_sin_cache in
  // vllm/model_executor/layers/rotary_embedding). 131072 × 128 × 2 is the 0.031 GiB by which its log exceeds Llama-3.1-8B's file.
  // Four times as many where positions are of three kinds (MRotaryEmbedding).
  const positions = Math.min(shape.maxPositions ?? contextLength, 1 << 24) * (hasManyPositions(shape) ? 4 : 1)
  const table = positions * (shape.latent?.ropeDim ?? shape.headDim) * 2
  return { copied: table, divided: method === 'mxfp4' ? paddingBytes(shape, groups) : 0 }
}

function hasManyPositions({ reader, family }: ModelShape): boolean {
  const scaling = reader.object('rope_scaling', 'rope_parameters')
  return (
    scaling?.['mrope_section'] !== undefined || /^qwen(2|2_5|3)_vl/.test(family) || /qwen[\d.]*-vl/i.test(reader.name)
  )
}

/** vLLM's MXFP4 kernels pad expert matrices: intermediate to a multiple of 128, hidden to 256 (Marlin; quantization/mxfp4.py). */
function paddingBytes({ experts, hidden = 0 }: ModelShape, groups: readonly SizedGroup[]): number {
  if (experts === undefined || hidden === 0) return 0
  const inExperts = groups.filter(({ role }) => role === 'expertUp' || role === 'expertDown')
  const padded = (roundUp(experts.intermediate, 128) * roundUp(hidden, 256)) / (experts.intermediate * hidden)
  return inExperts.reduce((sum, { bytes }) => sum + bytes, 0) * (padded - 1)
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}

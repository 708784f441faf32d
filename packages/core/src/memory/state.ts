import type { ModelShape } from './model-shape.ts'
import type { ResolvedOptions } from './options.ts'
import { splitsTensors } from './tensor-parallel.ts'

/**
 * Constant state of linear-attention and state-space layers: bytes for `batch` sequences, whatever their length. The recurrent
 * part is float32 in every engine looked at; the convolution's tail is 16 bit, in llama.cpp float32 as well.
 */
export function stateBytes(
  shape: ModelShape | undefined,
  options: ResolvedOptions,
): { readonly total: number; readonly perGpu: number } {
  if (shape === undefined) return { total: 0, perGpu: 0 }
  const narrow = options.engine === 'llama.cpp' ? 4 : 2
  const total =
    (linearState(shape, narrow) + spaceState(shape, narrow) + convolutionState(shape, narrow)) * options.batch
  const gpus = options.tensorParallel
  // Heads divide over the GPUs with either kind of split, by head or by layer.
  return { total, perGpu: splitsTensors(options) ? total / Math.min(gpus, stateHeads(shape)) : total / gpus }
}

function linearState({ linear, plan }: ModelShape, narrow: number): number {
  if (linear === undefined) return 0
  const { valueHeads, keyHeads, keyDim, valueDim, convolution } = linear
  const recurrent = valueHeads * keyDim * valueDim * 4
  return plan.linear * (recurrent + (convolution - 1) * (2 * keyHeads * keyDim + valueHeads * valueDim) * narrow)
}

function spaceState({ stateSpace, plan }: ModelShape, narrow: number): number {
  if (stateSpace === undefined) return 0
  const { inner, stateSize, groups, convolution, version } = stateSpace
  const mixed = version === 2 ? inner + 2 * groups * stateSize : inner
  return plan.stateSpace * (inner * stateSize * 4 + (convolution - 1) * mixed * narrow)
}

/** LFM2's short convolutions remember two or three tokens. */
function convolutionState({ plan, hidden = 0, reader }: ModelShape, narrow: number): number {
  return plan.convolution * hidden * (reader.count(1024, 'conv_L_cache') ?? 3) * narrow
}

function stateHeads({ linear, stateSpace }: ModelShape): number {
  return linear?.valueHeads ?? stateSpace?.heads ?? 1
}

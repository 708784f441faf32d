import { isObject, type JsonObject } from '../util/json.ts'
import type { ModelShape } from './model-shape.ts'

const MAX_WIDTH = 1 << 20

/**
 * Parameters of the vision tower as `vision_config` describes it: a plain transformer, its patch embedding and a projector of two
 * matrices. Within a few per cent for SigLIP, Pixtral and Qwen's towers; `undefined` where the config does not describe one.
 */
export function countTower({ reader, hidden = 0 }: ModelShape): number | undefined {
  const vision = reader.object('vision_config')
  if (!isObject(vision)) return undefined
  const layers = numberIn(vision, 1000, 'num_hidden_layers', 'depth', 'layers', 'n_layers')
  const width = numberIn(vision, MAX_WIDTH, 'hidden_size', 'embed_dim', 'width', 'dim')
  if (layers === undefined || width === undefined) return undefined
  const intermediate = numberIn(vision, MAX_WIDTH, 'intermediate_size', 'mlp_hidden_dim') ?? 4 * width
  const isGated = /qwen2_5_vl|pixtral|gemma4/.test(String(vision['model_type'])) || vision['hidden_act'] === 'silu'
  const patch = numberIn(vision, 1024, 'patch_size', 'spatial_patch_size') ?? 14
  const merged = (numberIn(vision, 64, 'spatial_merge_size') ?? 1) ** 2 * width
  // Qwen3-VL feeds layers of the language model from mergers of their own.
  const deep = Array.isArray(vision['deepstack_visual_indexes'])
    ? Math.min(layers, vision['deepstack_visual_indexes'].length)
    : 0
  const block = 4 * width * width + (isGated ? 3 : 2) * width * intermediate
  return layers * block + 3 * patch * patch * width + (1 + deep) * merged * (merged + hidden)
}

function numberIn(vision: JsonObject, max: number, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = vision[name]
    if (typeof value === 'number' && value >= 1 && value <= max) return value
  }
  return undefined
}

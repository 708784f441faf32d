import { asString, isObject, type JsonObject } from '../util/json.ts'
import type { TensorRole } from './count-params.ts'
import { parseQuantization, type Quantization } from './quantization.ts'

/** Which roles a name in an ignore list speaks of. */
const roleNames: readonly (readonly [RegExp, readonly TensorRole[]])[] = [
  [
    /self_attn|attention|attn\b|q_proj|o_proj/,
    ['attnQ', 'attnK', 'attnV', 'attnQkv', 'attnOutput', 'latent', 'latentUp'],
  ],
  [/linear_attn|mamba|mixer|conv1d/, ['mixer']],
  [/shared_expert/, ['sharedUp', 'sharedDown']],
  [/mlp\\*\.\(?(gate_proj|gate\||gate_up|up_proj|down_proj|gate_up_proj)/, ['ffnUp', 'ffnDown']],
  [/vision|visual|multi_modal|mm_|audio/, ['tower']],
  [/lm_head|^output/, ['output']],
  [/embed/, ['embedding']],
]
const MAX_NAMES = 10_000

/**
 * The number format that `config.json` itself declares: `quantization_config` (transformers, vLLM) or MLX's `quantization`.
 * Its ignore list says which roles stay wide, where it names them for all layers.
 */
export function readQuantizationConfig(config: JsonObject): Quantization | undefined {
  const declared = config['quantization_config'] ?? config['quantization'] ?? config['compression_config']
  if (!isObject(declared)) return undefined
  const label = declaredLabel(declared)
  const known = label === undefined ? undefined : parseQuantization(label)
  if (known === undefined || known.method === 'mlx' || known.method === 'mxfp4') return known
  return { ...known, wide: new Set([...known.wide, ...ignoredRoles(declared)]) }
}

function declaredLabel(declared: JsonObject): string | undefined {
  const method = typeof declared['quant_method'] === 'string' ? declared['quant_method'].toLowerCase() : undefined
  const group = firstGroup(declared)
  const bits = numberOf(declared['bits']) ?? numberOf(declared['w_bit']) ?? numberOf(group?.['num_bits'])
  const size = numberOf(declared['group_size']) ?? numberOf(declared['q_group_size']) ?? numberOf(group?.['group_size'])
  const suffix = size === undefined || size < 1 ? '' : `-g${size}`
  if (method === undefined) return bits === undefined ? undefined : `mlx-${bits}bit${suffix}`
  if (method === 'bitsandbytes' || method.startsWith('bitsandbytes')) return bitsAndBytes(declared)
  if (method === 'gptq' || method === 'awq') return `${method}-int${bits ?? 4}${suffix}`
  if (method === 'fp8' || method === 'fbgemm_fp8')
    return declared['weight_block_size'] === undefined ? 'fp8' : 'fp8-block'
  if (method === 'compressed-tensors') return compressed(declared, group, bits, suffix)
  if (method === 'modelopt') return (asString(declared['quant_algo']) ?? 'fp8').toLowerCase()
  return bits === undefined ? method : `${method}-int${bits}${suffix}`
}

function bitsAndBytes(declared: JsonObject): string {
  if (declared['load_in_8bit'] === true) return 'bnb-int8'
  return declared['bnb_4bit_use_double_quant'] === true ? 'bnb-nf4-dq' : 'bnb-nf4'
}

function compressed(
  declared: JsonObject,
  group: JsonObject | undefined,
  bits: number | undefined,
  suffix: string,
): string {
  const format = asString(declared['format']) ?? ''
  if (/nvfp4/.test(format)) return 'nvfp4'
  if (/mxfp4/.test(format)) return 'mxfp4'
  if (group?.['type'] === 'float' || /float/.test(format))
    return bits === 4 ? 'nvfp4' : group?.['strategy'] === 'block' ? 'fp8-block' : 'fp8'
  return bits === 8 ? 'w8a8' : `pack-quantized-int${bits ?? 4}${suffix}`
}

/** compressed-tensors keeps the weights' settings under `config_groups.<name>.weights`. */
function firstGroup(declared: JsonObject): JsonObject | undefined {
  const groups = declared['config_groups']
  if (!isObject(groups)) return undefined
  const first = Object.values(groups)[0]
  const weights = isObject(first) ? first['weights'] : undefined
  return isObject(weights) ? weights : undefined
}

/** Roles that are left alone everywhere. A name of one layer alone (`model.layers.3.`) says nothing about the others. */
function ignoredRoles(declared: JsonObject): TensorRole[] {
  const names = [
    declared['ignore'],
    declared['modules_to_not_convert'],
    declared['exclude_modules'],
    declared['ignored_layers'],
  ].find(Array.isArray)
  if (names === undefined) return []
  const texts = names.slice(0, MAX_NAMES).filter((name: unknown): name is string => typeof name === 'string')
  const layers = new Map<TensorRole, number>()
  for (const text of texts)
    for (const [pattern, roles] of roleNames)
      if (pattern.test(text))
        for (const role of roles)
          layers.set(role, (layers.get(role) ?? 0) + (isOneLayer(text) ? 1 : Number.POSITIVE_INFINITY))
  // Named layer by layer: believed once it is said of many.
  return [...layers].filter(([, count]) => count >= 16).map(([role]) => role)
}

function isOneLayer(text: string): boolean {
  return /layers?\\*\.\d+\\*\./.test(text)
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

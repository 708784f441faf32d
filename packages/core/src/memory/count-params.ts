import { hasFusedQkv, hasUngatedMlp } from './family.ts'
import type { ModelShape } from './model-shape.ts'

/** What a tensor does: number formats, GGUF mixtures and tensor parallelism each treat these differently. */
export type TensorRole =
  | 'embedding'
  | 'output'
  | 'attnQ'
  | 'attnK'
  | 'attnV'
  | 'attnQkv'
  | 'attnOutput'
  /** Down-projections of latent attention: small, and replicated on every GPU. */
  | 'latent'
  | 'latentUp'
  /** Projections of linear-attention and state-space layers. */
  | 'mixer'
  | 'ffnUp'
  | 'ffnDown'
  | 'sharedUp'
  | 'sharedDown'
  | 'expertUp'
  | 'expertDown'
  | 'router'
  /** Norms, biases, convolutions: kept wide by every format. */
  | 'small'
  /** Vision or audio tower, and whatever else the config does not explain. */
  | 'tower'

/** Tensors of one role: together `params` in `layers` layers, in rows of `row` elements. */
export interface TensorGroup {
  readonly role: TensorRole
  readonly params: number
  readonly layers: number
  readonly row: number
}

/** Tensors of one role with their bytes. */
export interface SizedGroup extends TensorGroup {
  readonly bytes: number
}

export interface ParamCount {
  readonly total: number
  readonly groups: readonly TensorGroup[]
  /** True where the config held every field the architecture needs: then the count is exact to about 1e-4. */
  readonly isExact: boolean
}

/** Counts parameters from a shape: section by section, as the modelling code lays its tensors out. */
export function countParams(
  shape: ModelShape,
  tied: boolean = shape.tied ?? shape.isUsuallyTied,
): ParamCount | undefined {
  const { hidden, vocabulary } = shape
  if (hidden === undefined || vocabulary === undefined) return undefined
  const groups = [
    { role: 'embedding', params: vocabulary * hidden, layers: 1, row: hidden },
    // Gemma 3n and the small Gemma 4: a further embedding for every layer.
    { role: 'embedding', params: layerEmbedding(shape), layers: 1, row: shape.plan.layers * 256 },
    { role: 'output', params: tied ? 0 : vocabulary * hidden, layers: 1, row: hidden },
    ...attentionGroups(shape, hidden),
    ...mixerGroups(shape, hidden),
    ...mlpGroups(shape, hidden),
    {
      role: 'small',
      params: (2 * shape.plan.layers + 1 + shape.learnedPositions) * hidden,
      layers: shape.plan.layers,
      row: hidden,
    },
  ] as const satisfies readonly TensorGroup[]
  const present = groups.filter(({ params }) => params > 0)
  return {
    total: present.reduce((sum, { params }) => sum + params, 0),
    groups: present,
    isExact: isExplained(shape),
  }
}

function layerEmbedding({ reader, plan, vocabulary = 0 }: ModelShape): number {
  const width = reader.count(1 << 16, 'hidden_size_per_layer_input') ?? 0
  return width * plan.layers * (reader.count(1 << 26, 'vocab_size_per_layer_input') ?? vocabulary)
}

function attentionGroups(shape: ModelShape, hidden: number): TensorGroup[] {
  if (shape.latent !== undefined) return latentGroups(shape, hidden)
  const groups: TensorGroup[] = []
  const hasGlobalHeads = shape.globalHeadDim !== shape.headDim || shape.globalKvHeads !== shape.kvHeads
  for (const { kind, layers } of shape.plan.attention) {
    const isGlobal = hasGlobalHeads && kind === 'full'
    const [kvHeads, dim] = isGlobal ? [shape.globalKvHeads, shape.globalHeadDim] : [shape.kvHeads, shape.headDim]
    const query = hidden * shape.heads * dim
    const key = hidden * kvHeads * dim
    // Qwen3-Next and 3.5 gate the attention's output with a second half of the query projection.
    const gated = shape.linear !== undefined && shape.family.startsWith('qwen3') ? 2 : 1
    // Gemma 4's full layers use the keys as values (attention_k_eq_v) wherever they have KV heads of their own.
    const value = isGlobal && shape.globalKvHeads !== shape.kvHeads ? 0 : key
    const bias = hasQkvBias(shape) ? (shape.heads + 2 * kvHeads) * dim : 0
    if (hasFusedQkv(shape.family))
      groups.push({ role: 'attnQkv', params: layers * (query + key + value), layers, row: hidden })
    else
      groups.push(
        { role: 'attnQ', params: layers * query * gated, layers, row: hidden },
        { role: 'attnK', params: layers * key, layers, row: hidden },
        { role: 'attnV', params: layers * value, layers, row: hidden },
      )
    groups.push({ role: 'attnOutput', params: layers * query, layers, row: shape.heads * dim })
    groups.push({ role: 'small', params: layers * bias, layers, row: hidden })
  }
  return groups
}

/** Qwen 2 has the biases and its config does not say so. */
function hasQkvBias({ family, reader }: ModelShape): boolean {
  return reader.flag('attention_bias', 'qkv_bias', 'add_qkv_bias') ?? /^qwen2|^qwen$/.test(family)
}

function latentGroups(shape: ModelShape, hidden: number): TensorGroup[] {
  const { latent, heads, plan } = shape
  if (latent === undefined) return []
  const layers = plan.attention.reduce((sum, group) => sum + group.layers, 0)
  const nope = latent.nopeDim ?? 128
  const value = latent.valueDim ?? 128
  const down = hidden * (latent.kvRank + latent.ropeDim) + hidden * (latent.queryRank ?? 0)
  const query = (latent.queryRank ?? hidden) * heads * (nope + latent.ropeDim)
  // The indexer: 64 heads from the compressed query, one key from the hidden state, a weight a head (DeepSeek-V3.2).
  const index = latent.indexDim === 0 ? 0 : latent.indexDim * (64 * (latent.queryRank ?? hidden) + hidden) + 64 * hidden
  return [
    { role: 'latent', params: layers * (down + index), layers, row: hidden },
    { role: 'attnQ', params: layers * query, layers, row: latent.queryRank ?? hidden },
    { role: 'latentUp', params: layers * latent.kvRank * heads * (nope + value), layers, row: latent.kvRank },
    { role: 'attnOutput', params: layers * heads * value * hidden, layers, row: heads * value },
  ]
}

function mixerGroups({ linear, stateSpace, plan, reader }: ModelShape, hidden: number): TensorGroup[] {
  const groups: TensorGroup[] = []
  if (linear !== undefined && plan.linear > 0) {
    const keys = linear.keyHeads * linear.keyDim
    const values = linear.valueHeads * linear.valueDim
    const isKimi = reader.has('linear_attn_config')
    // Gated delta net: query, key, value and gate in, one out, two scalars a head. Kimi's gate and decay are of low rank.
    const projections = isKimi
      ? hidden * (2 * keys + 2 * values) + 2 * linear.valueDim * (hidden + values) + hidden * linear.valueHeads
      : hidden * (2 * keys + 3 * values + 2 * linear.valueHeads)
    groups.push({ role: 'mixer', params: plan.linear * projections, layers: plan.linear, row: hidden })
    groups.push({
      role: 'small',
      params: plan.linear * linear.convolution * (2 * keys + values),
      layers: plan.linear,
      row: 4,
    })
  }
  if (stateSpace !== undefined && plan.stateSpace > 0) {
    const { inner, groups: count, stateSize, heads, convolution, version } = stateSpace
    const mixed = version === 2 ? inner + 2 * count * stateSize : inner
    const rank = Math.ceil(hidden / 16)
    const projections =
      version === 2
        ? hidden * (inner + mixed + heads) + inner * hidden
        : hidden * 2 * inner + inner * (rank + 2 * stateSize) + rank * inner + inner * stateSize + inner * hidden
    groups.push({ role: 'mixer', params: plan.stateSpace * projections, layers: plan.stateSpace, row: hidden })
    groups.push({ role: 'small', params: plan.stateSpace * convolution * mixed, layers: plan.stateSpace, row: 4 })
  }
  // LFM2's short convolution: three gates in, one out.
  if (plan.convolution > 0)
    groups.push({
      role: 'mixer',
      params: plan.convolution * 4 * hidden * hidden,
      layers: plan.convolution,
      row: hidden,
    })
  return groups
}

function mlpGroups(shape: ModelShape, hidden: number): TensorGroup[] {
  const { experts, plan, intermediate = 0, family } = shape
  const matrices = hasUngatedMlp(family) ? 1 : 2
  const { dense, expert } = mlpLayers(shape)
  const groups: TensorGroup[] = []
  const add = (
    up: TensorRole,
    down: TensorRole,
    layers: number,
    copies: number,
    width: number,
    space = hidden,
  ): void => {
    groups.push({ role: up, params: layers * copies * matrices * space * width, layers, row: space })
    groups.push({ role: down, params: layers * copies * space * width, layers, row: width })
  }
  if (dense > 0) add('ffnUp', 'ffnDown', dense, 1, intermediate)
  if (experts === undefined || expert === 0) return groups
  add('expertUp', 'expertDown', expert, experts.count, experts.intermediate, experts.latent ?? hidden)
  // Nemotron 3 Super projects into a narrower space before its experts and back after them.
  if (experts.latent !== undefined)
    groups.push({ role: 'sharedUp', params: expert * 2 * hidden * experts.latent, layers: expert, row: hidden })
  if (experts.shared > 0) add('sharedUp', 'sharedDown', expert, 1, experts.shared)
  // Gemma 4 has a dense MLP beside the experts of every layer.
  if (family === 'gemma4') add('ffnUp', 'ffnDown', plan.layers, 1, intermediate)
  groups.push({ role: 'router', params: expert * hidden * experts.count, layers: expert, row: hidden })
  return groups
}

/** How many layers have a dense MLP and how many have experts. */
export function mlpLayers({ experts, plan, reader, family }: ModelShape): { dense: number; expert: number } {
  if (plan.denseMlp !== undefined || plan.expertMlp !== undefined)
    return { dense: plan.denseMlp ?? 0, expert: experts === undefined ? 0 : (plan.expertMlp ?? 0) }
  if (experts === undefined) return { dense: plan.layers, expert: 0 }
  const step =
    reader.count(
      1e4,
      'interleave_moe_layer_step',
      'decoder_sparse_step',
      'moe_layer_freq',
      'expert_layer_period',
      'moe_layer_interval',
    ) ?? 1
  const first =
    reader.count(1e4, 'first_k_dense_replace', 'moe_layer_start_index') ?? reader.list('mlp_only_layers')?.length ?? 0
  const expert = Math.max(0, Math.floor((plan.layers - Math.min(first, plan.layers)) / step))
  return { dense: family === 'gemma4' ? 0 : plan.layers - expert, expert }
}

/** Does the config hold all that this architecture's arithmetic needs? */
function isExplained(shape: ModelShape): boolean {
  const { experts, intermediate, latent, family } = shape
  const { dense } = mlpLayers(shape)
  return (
    shape.doubts.length === 0 &&
    !unexplained.test(family) &&
    (dense === 0 || intermediate !== undefined) &&
    (latent === undefined || (latent.nopeDim !== undefined && latent.valueDim !== undefined)) &&
    shape.isCacheKnown &&
    (experts === undefined ? !needsExperts.test(family) : !needsShared.test(family) || experts.shared > 0)
  )
}

/** Families whose tensors this arithmetic does not lay out. */
const unexplained =
  /^(gemma3n|deepseek_v4|kimi_k3|glm5|jamba|minimax_text|rwkv|xlstm|t5|mllama|phi4mm|hunyuan|ernie4_5_moe_vl|bert|modernbert|nomic)/
const needsExperts = /moe|mixtral|deepseek_v[234]|kimi|gpt_oss|hunyuan|minimax|dbrx/
const needsShared = /^(deepseek|kimi_k2|glm4_moe|qwen2_moe|glm_moe)/

import { ConfigReader, type FamilyHints } from './config-reader.ts'
import { familyOf } from './family.ts'
import { type LayerPlan, readLayerPlan } from './layer-plan.ts'

/** Latent attention: one compressed vector a token instead of keys and values of every head. */
export interface LatentAttention {
  readonly kvRank: number
  readonly queryRank: number | undefined
  readonly ropeDim: number
  /** Absent where the config does not say; only parameter counts and caches of engines without latent caching need them. */
  readonly nopeDim: number | undefined
  readonly valueDim: number | undefined
  /** Keys of the sparse-attention indexer (DeepSeek-V3.2, GLM-5): one more vector a token. */
  readonly indexDim: number
}

export interface Experts {
  readonly count: number
  readonly active: number
  readonly intermediate: number
  /** Width of all shared experts together. */
  readonly shared: number
  /** Width of the space the experts work in, where it is not the hidden size. */
  readonly latent: number | undefined
}

/** Gated delta net and its like: a matrix for each value head. */
export interface LinearAttention {
  readonly keyHeads: number
  readonly valueHeads: number
  readonly keyDim: number
  readonly valueDim: number
  readonly convolution: number
}

export interface StateSpace {
  readonly version: 1 | 2
  readonly inner: number
  readonly heads: number
  readonly stateSize: number
  readonly groups: number
  readonly convolution: number
}

/** What memory arithmetic needs of an architecture. */
export interface ModelShape {
  readonly family: string
  /** Absent from configs that were cut down to what a cache needs. */
  readonly hidden: number | undefined
  readonly vocabulary: number | undefined
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  /** Full-attention layers of Gemma 4 have heads of their own. */
  readonly globalKvHeads: number
  readonly globalHeadDim: number
  readonly intermediate: number | undefined
  readonly latent: LatentAttention | undefined
  readonly experts: Experts | undefined
  readonly linear: LinearAttention | undefined
  readonly stateSpace: StateSpace | undefined
  readonly plan: LayerPlan
  /** Are output and input embeddings one matrix? `undefined` where the config does not say. */
  readonly tied: boolean | undefined
  readonly isUsuallyTied: boolean
  readonly maxPositions: number | undefined
  /** A vision or audio tower stands beside the language model. */
  readonly isMultimodal: boolean
  /** Are KV heads and their size stated, so that the cache can be computed rather than guessed? */
  readonly isCacheKnown: boolean
  /** Rows of a learned position embedding, which older models have. */
  readonly learnedPositions: number
  /** Fields that were needed and had to be guessed, or were not believed. */
  readonly doubts: readonly string[]
  readonly reader: ConfigReader
}

const MAX_WIDTH = 1 << 20

/** The shape of a model, or `undefined` when the config does not hold enough for any arithmetic on it. */
export function readShape(config: unknown, hints: FamilyHints = {}): ModelShape | undefined {
  const reader = new ConfigReader(config, hints)
  const family = familyOf(reader)
  const plan = readLayerPlan(reader, family)
  const hidden = reader.count(MAX_WIDTH, 'hidden_size', 'n_embd', 'd_model', 'n_embed', 'dim')
  if (plan === undefined) return undefined
  const heads = reader.count(MAX_WIDTH, 'num_attention_heads', 'n_head', 'n_heads', 'num_heads')
  const statedDim = reader.count(MAX_WIDTH, 'head_dim', 'kv_channels', 'attention_head_dim', 'hidden_size_per_head')
  const headDim =
    statedDim ?? (hidden === undefined || heads === undefined ? 128 : Math.max(1, Math.round(hidden / heads)))
  const kvHeads = readKvHeads(reader, family, heads)
  const maxPositions = reader.count(
    1e9,
    'max_position_embeddings',
    'n_positions',
    'max_seq_len',
    'seq_length',
    'max_sequence_length',
  )
  return {
    family,
    hidden,
    vocabulary: reader.count(1 << 26, 'vocab_size', 'padded_vocab_size', 'n_vocab'),
    heads: heads ?? Math.max(1, Math.round((hidden ?? 4096) / headDim)),
    kvHeads,
    headDim,
    globalKvHeads: reader.count(MAX_WIDTH, 'num_global_key_value_heads') ?? kvHeads,
    globalHeadDim: reader.count(MAX_WIDTH, 'global_head_dim') ?? headDim,
    intermediate: readIntermediate(reader, family, hidden),
    latent: readLatent(reader),
    experts: readExperts(reader, family),
    linear: readLinear(reader, family),
    stateSpace: readStateSpace(reader, family, hidden),
    plan,
    tied: reader.flag('tie_word_embeddings'),
    isUsuallyTied: tiesByDefault.test(family),
    maxPositions,
    learnedPositions: /^(gpt2|gpt_bigcode|gpt_neo|opt|bert|xlm)/.test(family) ? (maxPositions ?? 0) : 0,
    isMultimodal: isMultimodal(reader, `${family} ${reader.architecture} ${hints.name?.slice(-200) ?? ''}`),
    isCacheKnown:
      plan.attention.length === 0 || (hasKvHeads(reader, heads) && (statedDim ?? (hidden && heads)) !== undefined),
    doubts: [...reader.doubts, ...plan.doubts],
    reader,
  }
}

function readKvHeads(reader: ConfigReader, family: string, heads: number | undefined): number {
  const stated = reader.count(
    MAX_WIDTH,
    'num_key_value_heads',
    'n_head_kv',
    'num_kv_heads',
    'multi_query_group_num',
    'num_query_groups',
    'n_kv_heads',
    'kv_n_heads',
  )
  // Falcon-7B says multi_query and, in some copies, a KV head count that is not used unless the decoder is the new one.
  const isMultiQuery = reader.flag('multi_query', 'multi_query_attention') === true
  if (isMultiQuery && reader.flag('new_decoder_architecture') !== true && !family.startsWith('chatglm')) return 1
  return stated ?? heads ?? 8
}

function hasKvHeads(reader: ConfigReader, heads: number | undefined): boolean {
  if (reader.has('kv_lora_rank')) return true
  // A text or anything else under that name says that the number is not one for all layers.
  const stated = reader.text['num_key_value_heads'] ?? reader.whole['num_key_value_heads']
  return stated === undefined || stated === null ? heads !== undefined : typeof stated === 'number'
}

function readIntermediate(reader: ConfigReader, family: string, hidden: number | undefined): number | undefined {
  const names = [
    'intermediate_size_mlp',
    'intermediate_size',
    'ffn_hidden_size',
    'n_inner',
    'ffn_dim',
    'hidden_dim',
    'd_ff',
    'block_ff_dim',
  ]
  const stated = reader.count(MAX_WIDTH * 8, ...names)
  // Qwen 1 counts gate and up together.
  if (family === 'qwen' && stated !== undefined) return stated / 2
  // LFM2 takes two thirds of what its config says, to the next multiple.
  if (family.startsWith('lfm2') && stated !== undefined && reader.flag('block_auto_adjust_ff_dim') !== false)
    return Math.ceil((2 * stated) / 3 / 256) * 256
  const ratio = reader.count(64, 'expansion_ratio') ?? (fourfold.has(family) ? 4 : undefined)
  return stated ?? (ratio === undefined || hidden === undefined ? undefined : ratio * hidden)
}

const fourfold: ReadonlySet<string> = new Set([
  'gpt2',
  'mpt',
  'bloom',
  'falcon',
  'refinedweb',
  'refinedwebmodel',
  'gptj',
  'gpt_bigcode',
])

function readLatent(reader: ConfigReader): LatentAttention | undefined {
  const kvRank = reader.count(MAX_WIDTH, 'kv_lora_rank')
  if (kvRank === undefined) return undefined
  return {
    kvRank,
    queryRank: reader.count(MAX_WIDTH, 'q_lora_rank'),
    ropeDim: reader.count(MAX_WIDTH, 'qk_rope_head_dim') ?? 64,
    nopeDim: reader.count(MAX_WIDTH, 'qk_nope_head_dim'),
    valueDim: reader.count(MAX_WIDTH, 'v_head_dim'),
    indexDim: reader.count(MAX_WIDTH, 'index_head_dim') ?? 0,
  }
}

function readExperts(reader: ConfigReader, family: string): Experts | undefined {
  const names = ['num_local_experts', 'num_experts', 'n_routed_experts', 'moe_num_experts', 'num_moe_experts']
  const count = reader.count(1e5, ...names)
  const intermediate =
    reader.count(MAX_WIDTH, 'moe_intermediate_size', 'expert_ffn_hidden_size', 'moe_ffn_hidden_size') ??
    reader.count(MAX_WIDTH * 8, 'intermediate_size', 'ffn_hidden_size')
  if (count === undefined || count < 2 || intermediate === undefined) return undefined
  const stated = reader.count(
    1e4,
    'n_shared_experts',
    'num_shared_experts',
    'num_shared_expert',
    'moe_num_shared_experts',
  )
  const shared =
    reader.count(
      MAX_WIDTH,
      'shared_expert_intermediate_size',
      'moe_shared_expert_intermediate_size',
      'shared_intermediate_size',
    ) ?? (stated ?? (family === 'llama4' ? 1 : 0)) * intermediate
  return {
    count,
    active: Math.min(
      count,
      reader.count(1e5, 'num_experts_per_tok', 'num_experts_per_token', 'moe_topk', 'moe_k') ?? 2,
    ),
    intermediate,
    shared,
    latent: reader.count(MAX_WIDTH, 'moe_latent_size'),
  }
}

function readLinear(reader: ConfigReader, family: string): LinearAttention | undefined {
  const nested = reader.object('linear_attn_config')
  const nestedCount = (name: string): number | undefined =>
    typeof nested?.[name] === 'number' && nested[name] >= 1 && nested[name] <= MAX_WIDTH ? nested[name] : undefined
  const valueHeads = reader.count(MAX_WIDTH, 'linear_num_value_heads') ?? nestedCount('num_heads')
  if (valueHeads === undefined && !/^(qwen3_next|qwen3_5|kimi_linear)/.test(family)) return undefined
  // The defaults are those of the configuration classes in transformers.
  return {
    valueHeads: valueHeads ?? 32,
    keyHeads: reader.count(MAX_WIDTH, 'linear_num_key_heads') ?? nestedCount('num_heads') ?? 16,
    keyDim: reader.count(MAX_WIDTH, 'linear_key_head_dim') ?? nestedCount('head_dim') ?? 128,
    valueDim: reader.count(MAX_WIDTH, 'linear_value_head_dim') ?? nestedCount('head_dim') ?? 128,
    convolution: reader.count(1024, 'linear_conv_kernel_dim') ?? nestedCount('short_conv_kernel_size') ?? 4,
  }
}

function readStateSpace(reader: ConfigReader, family: string, hidden: number | undefined): StateSpace | undefined {
  const heads = reader.count(MAX_WIDTH, 'mamba_num_heads', 'mamba_n_heads', 'n_mamba_heads')
  const isMamba1 = /^(jamba|mamba|falcon_mamba)$/.test(family)
  const isMamba2 = /^(mamba2|bamba|zamba|falcon_h1|nemotron_h|granitemoehybrid|plamo2|codestral)/.test(family)
  if (heads === undefined && !isMamba1 && !isMamba2) return undefined
  const headDim = reader.count(MAX_WIDTH, 'mamba_head_dim', 'mamba_d_head', 'mamba_headdim', 'head_dim')
  const expanded = (reader.count(64, 'mamba_expand', 'expand') ?? 2) * (hidden ?? 4096)
  const inner =
    reader.count(
      MAX_WIDTH,
      'mamba_d_ssm',
      'mamba_intermediate_size',
      ...(isMamba1 ? ['intermediate_size_mamba'] : []),
    ) ?? (heads !== undefined && headDim !== undefined && heads > 1 ? heads * headDim : expanded)
  return {
    version: isMamba1 ? 1 : 2,
    inner,
    heads: heads ?? Math.max(1, Math.round(inner / (headDim ?? 64))),
    stateSize: reader.count(MAX_WIDTH, 'ssm_state_size', 'mamba_d_state', 'state_size') ?? (isMamba1 ? 16 : 128),
    groups: reader.count(MAX_WIDTH, 'mamba_n_groups', 'n_groups', 'mamba_ngroups') ?? (family === 'nemotron_h' ? 8 : 1),
    convolution: reader.count(1024, 'mamba_d_conv', 'conv_kernel', 'mamba_conv_kernel') ?? 4,
  }
}

/** Families whose configuration class in transformers ties embeddings where the file does not say. */
const tiesByDefault =
  /^(gemma|cohere|gpt2|mpt|bloom|gpt_bigcode|opt|starcoder2|granite|mamba|falcon$|lfm2|bert|xlm|modernbert|smollm3|falcon_mamba)/

/** Whole models that see or hear; their `_text` siblings do not. */
const multimodalTypes = /^(gemma3|gemma3n|gemma4|mistral3|llama4|kimi_k25|qwen3_5(_moe)?|phi4mm|mllama|glm4v(_moe)?)$/

function isMultimodal(reader: ConfigReader, names: string): boolean {
  return (
    reader.object('vision_config', 'audio_config', 'vision_tower_config') !== undefined ||
    multimodalTypes.test(reader.wholeType) ||
    /[-_ ]vl\b|[a-z\d]vl|vision|image|audio|omni|conditionalgeneration|llava|mllama|pixtral|multimodal/i.test(names)
  )
}

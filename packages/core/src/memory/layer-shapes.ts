import type { ConfigReader } from './config-reader.ts'

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

const MAX_WIDTH = 1 << 20

export function readLatent(reader: ConfigReader): LatentAttention | undefined {
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

export function readExperts(reader: ConfigReader, family: string): Experts | undefined {
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

export function readLinear(reader: ConfigReader, family: string): LinearAttention | undefined {
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

export function readStateSpace(
  reader: ConfigReader,
  family: string,
  hidden: number | undefined,
): StateSpace | undefined {
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

import type { ModelFactsForMemory } from '../memory/facts.ts'
import { lookUp } from '../util/look-up.ts'
import type { GgufHeader } from './gguf-header.ts'
import type { GgufValue } from './gguf-metadata.ts'

/** `general.file_type`. @see llama.cpp include/llama.h, enum llama_ftype */
const fileTypes: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  19: 'IQ2_XXS',
  20: 'IQ2_XS',
  21: 'Q2_K_S',
  22: 'IQ3_XS',
  23: 'IQ3_XXS',
  24: 'IQ1_S',
  25: 'IQ4_NL',
  26: 'IQ3_S',
  27: 'IQ3_M',
  28: 'IQ2_S',
  29: 'IQ2_M',
  30: 'IQ4_XS',
  31: 'IQ1_M',
  32: 'BF16',
  36: 'TQ1_0',
  37: 'TQ2_0',
  38: 'MXFP4_MOE',
}

/** Architectures whose `model_type` on the Hub is spelled differently. */
const modelTypes: Readonly<Record<string, string>> = {
  qwen2moe: 'qwen2_moe',
  qwen3moe: 'qwen3_moe',
  qwen3next: 'qwen3_next',
  qwen35: 'qwen3_5',
  qwen35moe: 'qwen3_5_moe',
  'gpt-oss': 'gpt_oss',
  deepseek2: 'deepseek_v3',
  glm4moe: 'glm4_moe',
  'falcon-h1': 'falcon_h1',
  granitehybrid: 'granitemoehybrid',
  'command-r': 'cohere',
  bitnet: 'bitnet',
}

/** Header keys after the architecture's name, and the names of `config.json`. @see gguf-py/gguf/constants.py */
const fields: readonly (readonly [key: string, name: string])[] = [
  ['block_count', 'num_hidden_layers'],
  ['embedding_length', 'hidden_size'],
  ['feed_forward_length', 'intermediate_size'],
  ['context_length', 'max_position_embeddings'],
  ['attention.head_count', 'num_attention_heads'],
  ['attention.head_count_kv', 'num_key_value_heads'],
  ['attention.key_length', 'head_dim'],
  ['attention.sliding_window', 'sliding_window'],
  ['attention.kv_lora_rank', 'kv_lora_rank'],
  ['attention.q_lora_rank', 'q_lora_rank'],
  ['attention.value_length_mla', 'v_head_dim'],
  ['attention.shared_kv_layers', 'num_kv_shared_layers'],
  ['attention.chunk_size', 'attention_chunk_size'],
  ['rope.dimension_count', 'qk_rope_head_dim'],
  ['expert_count', 'num_experts'],
  ['expert_used_count', 'num_experts_per_tok'],
  ['expert_feed_forward_length', 'moe_intermediate_size'],
  ['expert_shared_feed_forward_length', 'shared_expert_intermediate_size'],
  ['expert_shared_count', 'n_shared_experts'],
  ['leading_dense_block_count', 'first_k_dense_replace'],
  ['full_attention_interval', 'full_attention_interval'],
  ['nextn_predict_layers', 'num_nextn_predict_layers'],
  ['ssm.state_size', 'ssm_state_size'],
  ['ssm.group_count', 'mamba_n_groups'],
  ['ssm.time_step_rank', 'mamba_num_heads'],
  ['ssm.inner_size', 'mamba_d_ssm'],
  ['ssm.conv_kernel', 'mamba_d_conv'],
  ['vocab_size', 'vocab_size'],
]

/** The facts of a model from the header of its GGUF file; the tensors' own sizes are exact. Shards: sum them with `headers`. */
export function ggufFacts(header: GgufHeader, others: readonly GgufHeader[] = []): ModelFactsForMemory {
  const { metadata, tensors } = header
  const all = [header, ...others]
  const architecture = metadata.get('general.architecture')
  const fileType = fileTypes[Number(metadata.get('general.file_type'))]
  const name = metadata.get('general.name')
  const isWhole = all.length >= header.shards
  return {
    config: typeof architecture === 'string' ? configOf(architecture, header) : {},
    ...(fileType === undefined ? {} : { quantization: fileType }),
    ...(typeof name === 'string' ? { name } : {}),
    ...(isWhole ? sizesOf(all) : {}),
    ...(tensors.embeddingBytes > 0 ? { embeddingBytes: tensors.embeddingBytes } : {}),
  }
}

function sizesOf(
  headers: readonly GgufHeader[],
): Pick<ModelFactsForMemory, 'paramsTotal' | 'weightsBytes' | 'weightsBasis'> {
  return {
    paramsTotal: headers.reduce((sum, { tensors }) => sum + tensors.params, 0),
    weightsBytes: headers.reduce((sum, { tensors }) => sum + tensors.bytes, 0),
    weightsBasis: 'header',
  }
}

function configOf(architecture: string, { metadata, tensors }: GgufHeader): Record<string, unknown> {
  const config: Record<string, unknown> = {
    model_type: lookUp(modelTypes, architecture) ?? architecture,
    tie_word_embeddings: !tensors.hasOutput,
  }
  for (const [key, name] of fields) {
    const value = metadata.get(`${architecture}.${key}`)
    if (value !== undefined) config[name] = singleOf(value)
  }
  if (tensors.vocabulary !== undefined) config['vocab_size'] = tensors.vocabulary
  const layers = layerTypes(architecture, metadata)
  if (layers !== undefined) config['layer_types'] = layers
  addLatentWidths(config, metadata, architecture)
  addDeltaNet(config)
  takeOffPrediction(config)
  return config
}

/** Figures by layer: the largest stands for all, as layers that have none are told by `layer_types`. */
function singleOf(value: GgufValue): unknown {
  return Array.isArray(value) ? Math.max(0, ...(value as readonly number[])) : value
}

/** Kinds by layer: from the window pattern, else from layers without KV heads. */
function layerTypes(architecture: string, metadata: ReadonlyMap<string, GgufValue>): string[] | undefined {
  const windows = metadata.get(`${architecture}.attention.sliding_window_pattern`)
  if (Array.isArray(windows))
    return (windows as readonly number[]).map((isWindow) => (isWindow > 0 ? 'sliding_attention' : 'full_attention'))
  const heads = metadata.get(`${architecture}.attention.head_count_kv`)
  if (!Array.isArray(heads)) return undefined
  const other = metadata.has(`${architecture}.ssm.state_size`)
    ? 'mamba'
    : architecture.startsWith('lfm2')
      ? 'conv'
      : 'mlp'
  return (heads as readonly number[]).map((count) => (count > 0 ? 'full_attention' : other))
}

/** With latent attention the header gives whole key widths: less the rotary part, that is `qk_nope_head_dim`. */
function addLatentWidths(
  config: Record<string, unknown>,
  metadata: ReadonlyMap<string, GgufValue>,
  architecture: string,
): void {
  if (config['kv_lora_rank'] === undefined) {
    delete config['qk_rope_head_dim']
    return
  }
  const whole =
    metadata.get(`${architecture}.attention.key_length_mla`) ?? metadata.get(`${architecture}.attention.key_length`)
  const rotary = config['qk_rope_head_dim']
  if (typeof whole === 'number' && typeof rotary === 'number' && whole > rotary)
    config['qk_nope_head_dim'] = whole - rotary
}

/** Qwen's gated delta nets are written under the state-space keys: heads as time-step rank, key heads as groups. */
function addDeltaNet(config: Record<string, unknown>): void {
  const { mamba_num_heads: heads, mamba_n_groups: groups, ssm_state_size: keyDim, mamba_d_ssm: inner } = config
  if (!/^qwen3_(next|5)/.test(String(config['model_type'])) || typeof heads !== 'number' || heads < 1) return
  config['linear_num_value_heads'] = heads
  config['linear_num_key_heads'] = groups
  config['linear_key_head_dim'] = keyDim
  if (typeof inner === 'number') config['linear_value_head_dim'] = Math.round(inner / heads)
}

/** Prediction layers are among the blocks, but are neither run nor given a cache. */
function takeOffPrediction(config: Record<string, unknown>): void {
  const { num_hidden_layers: layers, num_nextn_predict_layers: extra } = config
  if (typeof layers === 'number' && typeof extra === 'number' && extra > 0 && extra < layers)
    config['num_hidden_layers'] = layers - extra
}

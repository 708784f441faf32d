import type { ModelConfig } from '../../src/catalog/record.ts'

const families = new Set([
  'llama',
  'mistral',
  'qwen2',
  'qwen3',
  'qwen3_moe',
  'mixtral',
  'gemma',
  'gemma2',
  'deepseek_v3',
  'phi3',
  'olmo2',
  'gpt_oss',
])

/**
 * Parameters of a decoder from its config, small norms and biases left out; `undefined` for families with other layers.
 * Written apart from `core/memory`, to check the list against a second hand.
 */
export function countParams(config: ModelConfig, family: string): number | undefined {
  const value = (name: string): number => Number(config[name] ?? 0)
  const [H, L, V, I, n] = [
    value('hidden_size'),
    value('num_hidden_layers'),
    value('vocab_size'),
    value('intermediate_size'),
    value('num_attention_heads'),
  ]
  if (!families.has(family) || !(H && L && V && n)) return undefined
  const k = value('num_key_value_heads') || n
  const d = value('head_dim') || H / n
  const [c, r, p, v, q] = ['kv_lora_rank', 'qk_rope_head_dim', 'qk_nope_head_dim', 'v_head_dim', 'q_lora_rank'].map(
    value,
  ) as [number, number, number, number, number]
  const attention =
    c > 0
      ? H * (c + r) + c * n * (p + v) + n * v * H + (q > 0 ? H * q + q * n * (p + r) : H * n * (p + r))
      : 2 * H * n * d + 2 * H * k * d
  const experts = value('num_experts')
  const expertSize = 3 * H * (value('moe_intermediate_size') || I)
  const dense = experts === 0 ? L : value('first_k_dense_replace')
  const mlp = dense * 3 * H * I + (L - dense) * ((experts + value('num_shared_experts')) * expertSize + H * experts)
  return V * H * (config['tie_word_embeddings'] === true ? 1 : 2) + L * attention + mlp
}

import type { ConfigReader } from './config-reader.ts'

const byArchitecture: readonly (readonly [RegExp, string])[] = [
  [/^Gemma4/, 'gemma4'],
  [/^Gemma3n/, 'gemma3n'],
  [/^Gemma3/, 'gemma3'],
  [/^Gemma2/, 'gemma2'],
  [/^GptOss/, 'gpt_oss'],
  [/^Qwen3_5Moe/, 'qwen3_5_moe'],
  [/^Qwen3_5/, 'qwen3_5'],
  [/^Qwen3Next/, 'qwen3_next'],
  [/^Llama4/, 'llama4'],
  [/^NemotronH/, 'nemotron_h'],
  [/^FalconH1/, 'falcon_h1'],
  [/^Cohere2/, 'cohere2'],
  [/^DeepseekV3/, 'deepseek_v3'],
  [/^Glm4Moe/, 'glm4_moe'],
]

/** Families that a name tells, where a config was cut down so far that it does not. */
const byName: readonly (readonly [RegExp, string])[] = [
  [/glm-4\.[567]/i, 'glm4_moe'],
  [/deepseek-(v3|r1(?!-distill))/i, 'deepseek_v3'],
  [/gpt-oss/i, 'gpt_oss'],
  [/gemma-?4/i, 'gemma4'],
  [/gemma-?3(?!n)/i, 'gemma3'],
]

/**
 * The `model_type` of the language model: of the nested config where there is one, else the whole's, else read off the
 * architecture class, the name, or fields that only one family has. Empty where nothing tells.
 */
export function familyOf(reader: ConfigReader): string {
  const stated = reader.textType
  if (stated !== '') return stated.replace(/_text$/, '')
  const known = byArchitecture.find(([pattern]) => pattern.test(reader.architecture))?.[1]
  if (known !== undefined) return known
  const name = /^(.+?)(?:ForCausalLM|ForConditionalGeneration|LMHeadModel|Model)$/.exec(reader.architecture)?.[1]
  if (name !== undefined) return name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()
  const named = byName.find(([pattern]) => pattern.test(reader.name))?.[1]
  if (named !== undefined) return named
  if (reader.has('global_head_dim')) return 'gemma4'
  if (reader.has('linear_num_value_heads') || reader.has('full_attention_interval')) return 'qwen3_5'
  if (reader.has('attention_chunk_size')) return 'llama4'
  return ''
}

/** MLPs of two matrices instead of three. */
export function hasUngatedMlp(family: string): boolean {
  return /^(gpt2|gpt_bigcode|gptj|gpt_neox|mpt|bloom|falcon$|refinedweb|refinedwebmodel|opt|phi$|starcoder2|nemotron$|nemotron_h|apertus|bert|xlm|nomic_not|arcee)/.test(
    family,
  )
}

/** Which GGUF architectures keep query, key and value in one tensor. */
export function hasFusedQkv(family: string): boolean {
  return /^(phi3|phimoe|falcon$|refinedweb|bloom|mpt|gpt2|gpt_neox|gpt_bigcode|qwen$|chatglm|dbrx|codeshell)/.test(
    family,
  )
}

import { ConfigReader, type FamilyHints } from './config-reader.ts'
import { familyOf } from './family.ts'
import { type LayerPlan, readLayerPlan } from './layer-plan.ts'
import {
  type Experts,
  type LatentAttention,
  type LinearAttention,
  readExperts,
  readLatent,
  readLinear,
  readStateSpace,
  type StateSpace,
} from './layer-shapes.ts'

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

import type { JsonObject } from '../util/json.ts'
import { isObject } from '../util/json.ts'
import { lookUp } from '../util/look-up.ts'
import type { ConfigReader } from './config-reader.ts'

/** Layers that keep keys and values, by how much of the past they look at. */
export interface AttentionLayers {
  readonly kind: 'full' | 'sliding' | 'chunked'
  readonly layers: number
  /** Tokens of the window or chunk; absent for full attention. */
  readonly window?: number
}

/** How many layers there are of each kind. One layer may count twice: Falcon-H1 runs attention and a mixer side by side. */
export interface LayerPlan {
  readonly layers: number
  readonly attention: readonly AttentionLayers[]
  /** Attention layers that reuse the cache of an earlier one. */
  readonly sharedCache: number
  readonly linear: number
  readonly stateSpace: number
  readonly convolution: number
  /** Layers with a dense MLP and with experts, where the config tells them apart by layer; else every layer has its own. */
  readonly denseMlp: number | undefined
  readonly expertMlp: number | undefined
  /** What the plan had to assume. */
  readonly doubts: readonly string[]
}

type Counts = Partial<
  Record<'full' | 'sliding' | 'chunked' | 'linear' | 'mamba' | 'conv' | 'mlp' | 'moe' | 'both', number>
>

/** More layers than any model has; beyond it the config is not believed. */
const MAX_LAYERS = 10_000

export function readLayerPlan(reader: ConfigReader, family: string): LayerPlan | undefined {
  const listed = countsFromList(reader)
  const layers =
    reader.count(MAX_LAYERS, 'num_hidden_layers', 'n_layer', 'n_layers', 'num_layers') ?? (listed && total(listed))
  if (layers === undefined || layers < 1) return undefined
  const doubts: string[] = []
  const counts = listed ?? countsFromCounts(reader) ?? countsFromRules(reader, family, layers, doubts)
  const window =
    reader.count(1e9, 'sliding_window', 'sliding_window_size', 'attention_window_size') ??
    lookUp(windowByFamily, family)
  const chunk = reader.count(1e9, 'attention_chunk_size') ?? 8192
  const attention: AttentionLayers[] = []
  const full = (counts.full ?? 0) + (counts.both ?? 0) + (window === undefined ? (counts.sliding ?? 0) : 0)
  if (full > 0) attention.push({ kind: 'full', layers: full })
  if (counts.sliding && window !== undefined) attention.push({ kind: 'sliding', layers: counts.sliding, window })
  if (counts.chunked) attention.push({ kind: 'chunked', layers: counts.chunked, window: chunk })
  return {
    layers,
    attention,
    sharedCache: Math.min(layers, reader.count(MAX_LAYERS, 'num_kv_shared_layers') ?? 0),
    linear: counts.linear ?? 0,
    stateSpace: (counts.mamba ?? 0) + (counts.both ?? 0),
    convolution: counts.conv ?? 0,
    denseMlp: counts.mlp,
    expertMlp: counts.moe,
    doubts,
  }
}

/** Every n-th layer is full. */
const patternByFamily: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  gemma3n: 5,
  gemma4: 6,
  gpt_oss: 2,
  cohere2: 4,
  olmo3: 4,
  exaone4: 4,
}
const windowByFamily: Readonly<Record<string, number>> = { gemma2: 4096, gemma3n: 512, gpt_oss: 128, cohere2: 4096 }

const kinds: Readonly<Record<string, keyof Counts>> = {
  full_attention: 'full',
  attention: 'full',
  global: 'full',
  '*': 'full',
  sliding_attention: 'sliding',
  sliding: 'sliding',
  local: 'sliding',
  chunked_attention: 'chunked',
  linear_attention: 'linear',
  kda: 'linear',
  recurrent: 'linear',
  mamba: 'mamba',
  mamba2: 'mamba',
  M: 'mamba',
  hybrid: 'both',
  conv: 'conv',
  mlp: 'mlp',
  '-': 'mlp',
  moe: 'moe',
  moe_mlp: 'moe',
  E: 'moe',
}

/** A list with one word a layer, or Nemotron-H's text with one letter a layer. */
function countsFromList(reader: ConfigReader): Counts | undefined {
  const text = reader.string('hybrid_override_pattern')
  const list =
    text === undefined ? reader.list('layer_types', 'layers_block_type', 'attention_types') : text.slice(0, MAX_LAYERS)
  if (list === undefined || list.length === 0 || list.length > MAX_LAYERS) return undefined
  const counts: Counts = {}
  for (const word of list) {
    const kind = typeof word === 'string' ? lookUp(kinds, word) : undefined
    if (kind === undefined) return undefined
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Counts by kind, as a catalog keeps them instead of the list. */
function countsFromCounts(reader: ConfigReader): Counts | undefined {
  const given = reader.object('layer_types_count', 'layer_pattern')
  if (given === undefined) return undefined
  const counts: Counts = {}
  for (const [word, count] of Object.entries(given).slice(0, 32)) {
    const kind = lookUp(kinds, word)
    if (kind === undefined || typeof count !== 'number' || !(count >= 0 && count <= MAX_LAYERS)) return undefined
    counts[kind] = (counts[kind] ?? 0) + Math.floor(count)
  }
  return counts
}

/** Rules that stand in for a list: intervals, indices, and the families' own habits. */
function countsFromRules(reader: ConfigReader, family: string, layers: number, doubts: string[]): Counts {
  return (
    fromBlockConfigs(reader) ??
    fromIntervals(reader, family, layers) ??
    fromIndices(reader, family, layers) ??
    fromFamily(reader, family, layers, doubts)
  )
}

/** Nemotron-NAS: each layer says whether it attends. */
function fromBlockConfigs(reader: ConfigReader): Counts | undefined {
  const blocks = reader.list('block_configs')
  if (blocks === undefined || blocks.length > MAX_LAYERS) return undefined
  return { full: blocks.filter(attends).length }
}

function attends(block: unknown): boolean {
  const attention = isObject(block) ? block['attention'] : undefined
  return isObject(attention) && attention['no_op'] !== true && attention['replace_with_linear'] !== true
}

function fromIntervals(reader: ConfigReader, family: string, layers: number): Counts | undefined {
  const interval =
    reader.count(MAX_LAYERS, 'full_attention_interval') ?? (/^qwen3_(next|5)/.test(family) ? 4 : undefined)
  if (interval !== undefined) {
    const full = Math.floor(layers / interval)
    return { full, linear: layers - full }
  }
  const period = reader.count(MAX_LAYERS, 'attn_layer_period')
  if (period !== undefined) {
    const full = Math.max(1, Math.round(layers / period))
    return { full, mamba: layers - full }
  }
  return undefined
}

function fromIndices(reader: ConfigReader, family: string, layers: number): Counts | undefined {
  const linear: JsonObject | undefined = reader.object('linear_attn_config')
  const kept =
    reader.list('attn_layer_indices', 'full_attn_idxs', 'hybrid_layer_ids') ?? asList(linear?.['full_attn_layers'])
  if (kept === undefined) return undefined
  const full = Math.min(layers, kept.length)
  const rest = linear !== undefined ? 'linear' : family.startsWith('lfm2') ? 'conv' : 'mamba'
  return { full, [rest]: layers - full }
}

function fromFamily(reader: ConfigReader, family: string, layers: number, doubts: string[]): Counts {
  if (/^(mamba2?|falcon_mamba)$/.test(family)) return { mamba: layers, mlp: 0 }
  if (family === 'falcon_h1') return { both: layers }
  if (family === 'llama4') return everyNth(layers, 4, 'chunked')
  const pattern = slidingPattern(reader, family)
  if (pattern !== undefined) return everyNth(layers, pattern, 'sliding')
  if (mixed.test(family)) doubts.push(`the config does not say which layers of ${family} attend: all are counted`)
  const isWindowed =
    reader.has('sliding_window') && reader.flag('use_sliding_window') !== false && !/^(qwen|phi3)/.test(family)
  return isWindowed ? { sliding: layers } : { full: layers }
}

const mixed = /^(nemotron|granitemoehybrid|bamba|zamba|jamba|lfm2|minimax|kimi_linear|plamo)/

/** Every n-th layer is full: from the config, else the family's published habit. */
function slidingPattern(reader: ConfigReader, family: string): number | undefined {
  const stated = reader.count(MAX_LAYERS, 'sliding_window_pattern', '_sliding_window_pattern')
  if (stated !== undefined) return stated
  const text = reader.string('sliding_window_pattern')
  if (text !== undefined && /^L*G$/.test(text)) return text.length
  return lookUp(patternByFamily, family)
}

function everyNth(layers: number, interval: number, rest: 'sliding' | 'chunked'): Counts {
  const full = Math.floor(layers / interval)
  return { full, [rest]: layers - full }
}

function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

import { lookUp } from '../util/look-up.ts'
import type { TensorGroup, TensorRole } from './count-params.ts'
import { isTensorType, type TensorType, tensorTypeBits, typeForRow } from './gguf-types.ts'

/** A GGUF file type: which tensor type each role gets. */
export interface GgufMix {
  /** As written in file names, upper case: `Q4_K_M`. */
  readonly name: string
  readonly base: TensorType
  /** A publisher's own mixture (`UD-`, `_XL`): types are chosen tensor by tensor, and only the file tells. */
  readonly isCustom: boolean
}

/** What the rules ask about the model. */
export interface MixContext {
  readonly experts: number
  readonly queriesPerKv: number
  readonly isFalcon: boolean
  /** Published with MXFP4 experts (gpt-oss): what is quantized again leaves them as they are. */
  readonly hasPackedExperts: boolean
  readonly isTied: boolean
}

const special: Readonly<Record<string, TensorType>> = {
  MXFP4_MOE: 'MXFP4',
  // Unsloth's name for eight bits with the small tensors left wide; llama.cpp has no file type of that name.
  Q8_K: 'Q8_0',
  IQ3_M: 'IQ3_S',
  IQ3_XS: 'IQ3_S',
  IQ2_M: 'IQ2_S',
  // llama.cpp's ftype IQ2_S is made of IQ2_XS tensors with some raised.
  IQ2_S: 'IQ2_XS',
}

/**
 * Reads the label of a GGUF file: `Q4_K_M`, `UD-Q4_K_XL`, `i1-IQ2_XXS`, `IQ3_K_R4`, `Q4_K_M-imatrix`, `MXFP4_MOE`.
 * Interleaved and repacked forms (`_R4`, `_4_8`) are as large as their plain ones.
 */
export function parseGgufMix(label: string): GgufMix | undefined {
  const plain = label
    .toUpperCase()
    .replace(/^(GGUF[-_ ]?|I1-|SMOL-)/, '')
    .replace(/-(IMATRIX|IMAT|QAT|PURE)$/, '')
    .replace(/_R(4|8|16)$/, '')
    .replace(/_[48]_[48]$/, '')
  const isCustom = /^UD[-_]/.test(plain) || /_(XL|XXL|KXL)$/.test(plain)
  const name = plain.replace(/^UD[-_]/, '')
  const root = name.replace(/_(XXL|XL)$/, '')
  const base = lookUp(special, root) ?? baseOf(root)
  return base === undefined ? undefined : { name, base, isCustom }
}

function baseOf(root: string): TensorType | undefined {
  if (isTensorType(root)) return root
  const withoutSize = root.replace(/_(S|M|L)$/, '')
  return isTensorType(withoutSize) ? withoutSize : undefined
}

/** Bits per weight that tensors of this group take on average in a file of this mixture. */
export function mixedBits(mix: GgufMix, group: TensorGroup, context: MixContext): number {
  if (group.role === 'small' || group.role === 'router') return 32
  if (group.role === 'tower') return 16
  if (context.hasPackedExperts && (group.role === 'expertUp' || group.role === 'expertDown'))
    return tensorTypeBits.MXFP4
  if (mix.base === 'F32' || mix.base === 'F16' || mix.base === 'BF16') return tensorTypeBits[mix.base]
  const bits = (type: TensorType): number => tensorTypeBits[typeForRow(type, group.row)]
  if (mix.isCustom) return customBits(mix, group, context, bits)
  const fixed = embeddingType(mix, group, context)
  if (fixed !== undefined) return bits(fixed)
  const { raised, share, plain } = layerRule(mix, group.role, context, Math.max(1, group.layers))
  return share * bits(raised) + (1 - share) * bits(plain)
}

const thinnest = /^IQ(1_S|1_M|2_XXS|2_XS)$/
const second = /^IQ2_(S|M)$/

/** Output matrix and input embeddings. @see llama_tensor_get_type_impl, its first branches */
function embeddingType(mix: GgufMix, group: TensorGroup, context: MixContext): TensorType | undefined {
  if (group.role === 'output' || (group.role === 'embedding' && context.isTied)) {
    if (mix.name.startsWith('MXFP4') || context.isFalcon || mix.base === 'Q8_0') return 'Q8_0'
    if (thinnest.test(mix.name) || second.test(mix.name) || mix.name === 'IQ3_XXS') return 'Q5_K'
    return 'Q6_K'
  }
  if (group.role !== 'embedding') return undefined
  if (thinnest.test(mix.name)) return 'Q2_K'
  if (second.test(mix.name) || mix.name === 'IQ3_XXS') return 'IQ3_S'
  if (/^(TQ|IQ[12]_BN)/.test(mix.name)) return 'Q4_K'
  return mix.name.startsWith('MXFP4') ? 'Q8_0' : mix.base
}

/** One type for all layers, or a raised one for some of them. */
interface LayerRule {
  readonly raised: TensorType
  /** Share of the layers that get the raised type. */
  readonly share: number
  readonly plain: TensorType
}

interface RuleInput extends GgufMix {
  readonly context: MixContext
  readonly layers: number
  /** Below three bits: `IQ1_*` and `IQ2_*` are handled apart throughout. */
  readonly isThin: boolean
  readonly isSecond: boolean
  /** Mixtral's eight experts: attention is so small a part that it is kept wide. */
  readonly isEight: boolean
}

type Rule = (input: RuleInput) => LayerRule

/** @see llama_tensor_get_type_impl, its branches by tensor category */
const rules: Readonly<Partial<Record<TensorRole, Rule>>> = {
  attnV: valueRule,
  latentUp: valueRule,
  attnK: (input) => all(input.isEight ? (input.isThin ? 'Q4_K' : 'Q8_0') : queryType(input)),
  attnQ: (input) => all(queryType(input)),
  attnQkv: ({ name, base }) =>
    all(/^(Q3_K_[ML]|IQ3_M)$/.test(name) ? 'Q4_K' : (({ Q4_K_M: 'Q5_K', Q5_K_M: 'Q6_K' } as const)[name] ?? base)),
  attnOutput: attentionOutputRule,
  ffnDown: downRule,
  sharedDown: downRule,
  expertDown: downRule,
  ffnUp: upRule,
  sharedUp: upRule,
  expertUp: upRule,
}

function layerRule(mix: GgufMix, role: TensorRole, context: MixContext, layers: number): LayerRule {
  if (mix.name.startsWith('MXFP4')) return all(role === 'expertUp' || role === 'expertDown' ? 'MXFP4' : 'Q8_0')
  const isSecond = second.test(mix.name)
  const input = {
    ...mix,
    context,
    layers,
    isSecond,
    isThin: isSecond || thinnest.test(mix.name),
    isEight: context.experts === 8,
  }
  return rules[role]?.(input) ?? all(mix.base)
}

function all(type: TensorType): LayerRule {
  return { raised: type, share: 1, plain: type }
}

function some(raised: TensorType, count: number, { layers, base }: RuleInput, plain: TensorType = base): LayerRule {
  return { raised, share: Math.min(1, count / layers), plain }
}

function valueRule(input: RuleInput): LayerRule {
  const { name, base, context, layers } = input
  const isShared = context.queriesPerKv >= 4
  if (input.isThin) return all(isShared || context.experts >= 4 ? 'Q4_K' : input.isSecond ? 'IQ3_S' : 'Q2_K')
  if (input.isEight) return all('Q8_0')
  if (isShared && /^(Q2_K|Q2_K_S|IQ3_XS|IQ3_S|IQ3_XXS)$/.test(name)) return all('Q4_K')
  if (isShared && /^IQ4_(NL|XS)$/.test(name)) return all('Q5_K')
  if (name === 'Q3_K_M') return some('Q5_K', 2, input, 'Q4_K')
  if (/^Q[45]_K_M$/.test(name)) return some('Q6_K', countMoreBits(layers), input)
  if (name === 'Q4_K_S') return some('Q5_K', 4, input)
  return all(({ Q2_K: 'Q3_K', IQ3_XXS: 'IQ3_S', IQ3_M: 'Q4_K', Q3_K_L: 'Q5_K' } as const)[name] ?? base)
}

function queryType({ name, base }: RuleInput): TensorType {
  return ({ IQ3_XS: 'IQ3_XXS', IQ3_XXS: 'IQ2_S' } as const)[name] ?? base
}

function attentionOutputRule({ name, base, isThin, isSecond, isEight, context }: RuleInput): LayerRule {
  if (context.isFalcon) return all(name === 'Q3_K_L' ? 'Q4_K' : base)
  if (isEight) return all(isThin || /^(Q[234]_K|IQ[34]_)/.test(name) ? 'Q5_K' : base)
  if (isThin) return all(isSecond ? 'IQ3_S' : name.startsWith('IQ1') ? 'IQ2_XXS' : base)
  return all(({ Q2_K: 'Q3_K', IQ3_XXS: 'IQ3_S', Q3_K_M: 'Q4_K', Q3_K_L: 'Q5_K', IQ3_M: 'Q4_K' } as const)[name] ?? base)
}

function downRule(input: RuleInput): LayerRule {
  const { name, base, layers, isThin, isSecond } = input
  const eighth = Math.floor(layers / 8)
  if (isThin) return some(isSecond ? 'IQ3_S' : 'Q2_K', eighth, input)
  if (name === 'Q3_K_M') return some('Q5_K', Math.floor(layers / 16), input, 'Q4_K')
  if (/^Q[45]_K_M$/.test(name)) return some('Q6_K', countMoreBits(layers), input)
  const early = ({ Q2_K_S: 'Q4_K', IQ3_M: 'Q4_K', Q4_K_S: 'Q5_K' } as const)[name]
  if (early !== undefined) return some(early, eighth, input)
  return all(({ Q2_K: 'Q3_K', Q3_K_L: 'Q5_K' } as const)[name] ?? base)
}

function upRule(input: RuleInput): LayerRule {
  if (input.name !== 'IQ3_XS') return all(input.base)
  return some('IQ3_XXS', Math.floor((7 * input.layers) / 8) - Math.floor(input.layers / 8), input)
}

/** Layers that `use_more_bits` raises: the first and last eighth, and every third between. */
function countMoreBits(layers: number): number {
  const eighth = Math.floor(layers / 8)
  const last = Math.floor((7 * layers) / 8)
  let count = eighth + (layers - last)
  for (let layer = eighth; layer < last; layer++) if ((layer - eighth) % 3 === 2) count++
  return count
}

const raisedByOne: Readonly<Partial<Record<TensorType, TensorType>>> = {
  Q2_K: 'Q3_K',
  Q3_K: 'Q4_K',
  Q4_K: 'Q5_K',
  Q5_K: 'Q6_K',
  Q6_K: 'Q8_0',
  Q8_0: 'BF16',
}

/**
 * A publisher's own mixture, guessed: Unsloth's dynamic files keep what is small (attention, shared experts, embeddings) a step
 * above the base, `XL` raises down-projections too, and 8-bit ones leave most of it at 16 bits. The true types are chosen tensor
 * by tensor: the error band says so.
 */
function customBits(mix: GgufMix, group: TensorGroup, context: MixContext, bits: (type: TensorType) => number): number {
  const base = bits(mix.base)
  const above = bits(raisedByOne[mix.base] ?? 'Q4_K')
  const raised = (share: number): number => base + share * (above - base)
  const isWide = mix.base === 'Q8_0'
  if (group.role === 'embedding' || group.role === 'output') return isWide ? above : Math.max(base, bits('Q5_K'))
  if (group.role === 'expertUp' || group.role === 'ffnUp') return raised(isWide && context.experts === 0 ? 0.15 : 0)
  if (group.role === 'expertDown' || group.role === 'ffnDown')
    return raised(isWide ? (context.experts === 0 ? 0.15 : 0) : mix.name.endsWith('_S') ? 0 : 0.5)
  return raised(isWide && context.experts === 0 ? 0.15 : 1)
}

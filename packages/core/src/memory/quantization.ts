import type { TensorRole } from './count-params.ts'
import { type GgufMix, parseGgufMix } from './gguf-mix.ts'

/** How weights are stored. `wide` roles keep 16 bits. */
export interface Quantization {
  /** Upper-case label for people: `BF16`, `AWQ-INT4`, `Q4_K_M`. */
  readonly label: string
  readonly method: 'float' | 'fp8' | 'gptq' | 'awq' | 'int' | 'bnb' | 'mxfp4' | 'nvfp4' | 'mlx' | 'mlc' | 'gguf'
  /** Bits of one quantized weight with its share of scales and zero points; of every weight where nothing is quantized. */
  readonly bits: number
  /** Bits of what stays wide. */
  readonly wideBits: number
  readonly mix: GgufMix | undefined
  /** Roles that stay wide besides norms and routers. */
  readonly wide: ReadonlySet<TensorRole>
  /** Was this read from a text that may mean something else? Widens the band. */
  readonly isGuess: boolean
}

const ends: ReadonlySet<TensorRole> = new Set<TensorRole>(['embedding', 'output', 'tower'])
const allButExperts: ReadonlySet<TensorRole> = new Set<TensorRole>([
  'embedding',
  'output',
  'tower',
  'attnQ',
  'attnK',
  'attnV',
  'attnQkv',
  'attnOutput',
  'latent',
  'latentUp',
  'mixer',
  'ffnUp',
  'ffnDown',
  'sharedUp',
  'sharedDown',
])

/** `{ bits, group }` as written in labels: `int4-g64`, `4bit`, `w4a16`. */
interface Numbers {
  readonly bits: number | undefined
  readonly group: number | undefined
}

type Reader = (text: string, numbers: Numbers) => Omit<Quantization, 'label' | 'isGuess'> | undefined

/** In order: the first that knows the label wins. Each number's source stands beside it. */
const readers: readonly Reader[] = [
  // MLX's gpt-oss: experts as published, everything else in 8 bits.
  (text) => (/mxfp4-q8/.test(text) ? { ...stored('mlx', 4 + 8 / 32, allButExperts), wideBits: 8.5 } : undefined),
  // MLX affine: fp16 scale and bias for a group of 64; embeddings too. Its mx formats: 8-bit scale for 32 (mxfp) or 16 (nvfp).
  (text, { bits, group }) =>
    /mlx|^\d-?bit$/.test(text) && !/bf16|fp16|f16/.test(text)
      ? stored('mlx', mlxBits(text, bits, group), new Set(['tower']))
      : undefined,
  // MLC: q4f16_1 packs 8 in 32 bits with a 16-bit scale for 32; q3f16_1 packs 10, scale for 40. f32 scales in q4f32_1.
  (text) => mlcBits(text),
  // MXFP4: 8-bit scale for 32. As published it is gpt-oss's: the experts alone.
  (text) => (/mxfp4/.test(text) ? stored('mxfp4', 4 + 8 / 32, allButExperts) : undefined),
  // NVFP4: fp8 scale for 16.
  (text) => (/nvfp4|modelopt_fp4|^fp4$/.test(text) ? stored('nvfp4', 4 + 8 / 16, ends) : undefined),
  // bitsandbytes: absmax for 64 (doubly quantized: 8 bits, and fp32 for 256 of those); int8 keeps a row scale.
  (text, { bits }) =>
    /bnb|bitsandbytes|nf4|llm\.?int8/.test(text)
      ? stored('bnb', bits === 8 ? 8.02 : /dq|double/.test(text) ? 4 + 8 / 64 + 32 / 16384 : 4.5, ends)
      : undefined,
  // Scale of 16 bits and a zero point of the weight's width for each group.
  (text, numbers) => (/awq/.test(text) ? grouped('awq', numbers, 4) : undefined),
  (text, numbers) => (/gptq|autoround|auto-round/.test(text) ? grouped('gptq', numbers, 4) : undefined),
  // DeepSeek's blocks of 128 × 128 have a 32-bit scale; a scale per tensor or channel is negligible.
  (text) =>
    /fp8|float-?quantized|e4m3|fbgemm/.test(text)
      ? stored('fp8', /block/.test(text) ? 8 + 32 / 16384 : 8, ends)
      : undefined,
  // compressed-tensors `pack-quantized`, symmetric: no zero points.
  (text, { bits = 4, group = 128 }) =>
    /w4a16|pack-?quantized|int4-?experts|^int4|^int-4|hqq|eetq-4/.test(text)
      ? stored('int', bits + 16 / group, /experts/.test(text) ? allButExperts : ends)
      : undefined,
  (text) => (/w8a8|w8a16|int8|int-8|quanto|eetq|int-quantized/.test(text) ? stored('int', 8.02, ends) : undefined),
  (text, { bits }) =>
    /exl[23]/.test(text)
      ? stored('int', bits ?? Number(/([\d.]+)bpw/.exec(text)?.[1] ?? 4.5), new Set(['embedding', 'tower']))
      : undefined,
  (text) =>
    /^(bf16|bfloat16|fp16|f16|float16|half|q0f16)$|mlx-(bf|fp|f)16/.test(text)
      ? stored('float', 16, new Set())
      : undefined,
  (text) => (/^(fp32|f32|float32|q0f32)$/.test(text) ? { ...stored('float', 32, new Set()), wideBits: 32 } : undefined),
]

/**
 * Reads a label as repositories, files and engines write it.
 * @returns `undefined` for a text that names no number format
 * @example parseQuantization('AWQ-INT4')?.bits // 4.15625
 */
export function parseQuantization(label: string): Quantization | undefined {
  const text = label.trim().slice(0, 80)
  const mixture = parseMixture(text)
  if (mixture !== undefined) return mixture
  const lower = text.toLowerCase().replaceAll(' ', '-')
  const numbers = readNumbers(lower)
  for (const read of readers) {
    const known = read(lower, numbers)
    if (known !== undefined) return { label: labelOf(lower, text, known), isGuess: false, ...known }
  }
  return undefined
}

/** Does the method put several weights into one stored element, so that a count of elements is no count of parameters? */
export function packsWords({ method }: Quantization): boolean {
  return method !== 'float' && method !== 'fp8' && method !== 'gguf'
}

export const sixteenBit: Quantization = { label: 'BF16', isGuess: false, ...stored('float', 16, new Set()) }

/** GGUF labels; `F16+mxfp4` and `mxfp4-gguf` are gpt-oss files, whose experts alone are packed. */
function parseMixture(text: string): Quantization | undefined {
  if (/^(f16|bf16)\+mxfp4$/i.test(text))
    return { label: 'MXFP4', isGuess: false, ...stored('mxfp4', 4.25, allButExperts) }
  const mix = /^mxfp4-gguf$/i.test(text) ? parseGgufMix('MXFP4_MOE') : parseGgufMix(text)
  if (mix === undefined || /^(F16|BF16|F32|MXFP4|NVFP4)$/.test(mix.name)) return undefined
  return {
    label: text.toUpperCase(),
    isGuess: mix.isCustom,
    method: 'gguf',
    bits: 0,
    wideBits: 32,
    mix,
    wide: new Set(),
  }
}

function stored(
  method: Quantization['method'],
  bits: number,
  wide: ReadonlySet<TensorRole>,
): Omit<Quantization, 'label' | 'isGuess'> {
  return { method, bits, wideBits: 16, mix: undefined, wide }
}

function grouped(
  method: 'awq' | 'gptq',
  { bits, group }: Numbers,
  usual: number,
): Omit<Quantization, 'label' | 'isGuess'> {
  const width = bits ?? usual
  return stored(method, width + (16 + width) / (group ?? 128), ends)
}

function mlxBits(text: string, bits = 4, group = 64): number {
  if (/mxfp\d/.test(text)) return bits + 8 / 32
  if (/nvfp4/.test(text)) return 4.5
  return bits + 32 / group
}

function mlcBits(text: string): Omit<Quantization, 'label' | 'isGuess'> | undefined {
  const [, width, scale] = /^q([348])f(16|32)(?:_\d)?(?:-mlc)?$/.exec(text) ?? []
  if (width === undefined || scale === undefined) return undefined
  const packed =
    { '3': 3.2 + Number(scale) / 40, '4': 4 + Number(scale) / 32, '8': 8 + Number(scale) / 32 }[width] ?? 16
  return { ...stored('mlc', packed, new Set()), wideBits: Number(scale) }
}

function readNumbers(text: string): Numbers {
  const bits = /(?:int|nf|fp|w|q|^|[-_])([2-8])-?(?:bit|a16|a8|b\b|g\d|(?=$|[-_]))/.exec(text)?.[1]
  const group = /(?:g|gs|group)[-_]?(16|32|64|128|256|512|1024)\b/.exec(text)?.[1]
  return { bits: bits === undefined ? undefined : Number(bits), group: group === undefined ? undefined : Number(group) }
}

function labelOf(
  lower: string,
  text: string,
  { method, bits }: { method: Quantization['method']; bits: number },
): string {
  if (method === 'float') return bits === 32 ? 'FP32' : /bf/.test(lower) ? 'BF16' : 'FP16'
  return method === 'mlc' ? text : text.toUpperCase()
}

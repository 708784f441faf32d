/**
 * Bits per weight of GGML's tensor types: bytes of a block × 8 / weights in it.
 * @see gguf-py/gguf/constants.py GGML_QUANT_SIZES; those after TQ are ik_llama.cpp's own (its README of quantization types)
 */
export const tensorTypeBits = {
  F32: 32,
  F16: 16,
  BF16: 16,
  Q8_0: 8.5,
  Q6_0: 6.5,
  Q5_1: 6,
  Q5_0: 5.5,
  Q4_1: 5,
  Q4_0: 4.5,
  Q8_K: 9.125,
  Q6_K: 6.5625,
  Q5_K: 5.5,
  Q4_K: 4.5,
  Q3_K: 3.4375,
  Q2_K: 2.625,
  IQ4_NL: 4.5,
  IQ4_XS: 4.25,
  IQ3_S: 3.4375,
  IQ3_XXS: 3.0625,
  IQ2_S: 2.5625,
  IQ2_XS: 2.3125,
  IQ2_XXS: 2.0625,
  IQ1_M: 1.75,
  IQ1_S: 1.5625,
  TQ1_0: 1.6875,
  TQ2_0: 2.0625,
  MXFP4: 4.25,
  NVFP4: 4.5,
  IQ6_K: 6.625,
  IQ5_K: 5.5,
  IQ5_KS: 5.25,
  IQ4_K: 4.5,
  IQ4_KS: 4.25,
  IQ4_KSS: 4,
  IQ4_KT: 4,
  IQ3_K: 3.4375,
  IQ3_KS: 3.1875,
  IQ3_KT: 3.125,
  IQ2_KL: 2.6875,
  IQ2_K: 2.375,
  IQ2_KS: 2.1875,
  IQ2_KT: 2.125,
  IQ1_KT: 1.75,
  IQ2_BN: 2,
  IQ1_BN: 1.625,
} as const

export type TensorType = keyof typeof tensorTypeBits

/** Types that pack 256 weights in a block; the others take 32. Rows that do not divide fall back to a wider type. */
const superBlock = /^(Q[2-8]_K|IQ[1-4]_(S|M|XS|XXS)|TQ|IQ\d_K)/

const fallbacks: readonly (readonly [RegExp, TensorType])[] = [
  [/^IQ[1-4]_/, 'IQ4_NL'],
  [/^(Q[23]_K|TQ)/, 'Q4_0'],
  [/^Q4_K/, 'Q5_0'],
  [/^Q5_K/, 'Q5_1'],
  [/^Q6_K/, 'Q8_0'],
]

/** The type that rows of this length really get. @see llama.cpp src/llama-quant.cpp, tensor_type_fallback */
export function typeForRow(type: TensorType, row: number): TensorType {
  if (type === 'F16' || type === 'BF16' || type === 'F32') return type
  const fitting =
    superBlock.test(type) && row % 256 !== 0 ? (fallbacks.find(([pattern]) => pattern.test(type))?.[1] ?? 'Q8_0') : type
  return row % 32 === 0 ? fitting : 'F16'
}

export function isTensorType(text: string): text is TensorType {
  return Object.hasOwn(tensorTypeBits, text)
}

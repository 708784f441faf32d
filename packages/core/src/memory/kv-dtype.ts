import { lookUp } from '../util/look-up.ts'

/**
 * Bytes of one element in the KV cache. GGML's block types carry a scale of 2 bytes for every 32 elements (q5_1: two of them).
 * @see ggml/src/ggml-common.h, block_q8_0 and its neighbours; vLLM's nvfp4 cache has one fp8 scale for 16 elements
 */
const bytesByType: Readonly<Record<string, number>> = {
  auto: 2,
  bf16: 2,
  bfloat16: 2,
  fp16: 2,
  f16: 2,
  float16: 2,
  fp32: 4,
  f32: 4,
  float32: 4,
  fp8: 1,
  fp8_e4m3: 1,
  fp8_e5m2: 1,
  fp8_inc: 1,
  int8: 1,
  q8_0: 34 / 32,
  // ik_llama.cpp's Q8_KV keeps one scale a row: close to 8 bits, and the rows are long.
  q8_kv: 1.03125,
  q6_0: 26 / 32,
  q5_1: 24 / 32,
  q5_0: 22 / 32,
  q4_1: 20 / 32,
  q4_0: 18 / 32,
  iq4_nl: 18 / 32,
  nvfp4: 9 / 16,
  int4: 18 / 32,
}

/**
 * Reads `fp8`, `q8_0`, `q8_0/q4_0`, `K q8_0 / V q4_0`; MLA's `c^KV q8_0` is both ends of the latent.
 * @throws {RangeError} when a type is not known
 */
export function elementBytes(dtype: string): readonly [key: number, value: number] {
  const names = dtype
    .toLowerCase()
    .replaceAll('c^kv', '')
    .split('/')
    .map((part) => part.replace(/^\s*[kv]\s+/, '').replaceAll(/[\s:]/g, ''))
  const [key, value = key] = names.map((name) => lookUp(bytesByType, name))
  if (key !== undefined && value !== undefined && names.length <= 2) return [key, value]
  throw new RangeError(
    `Cannot estimate memory with kvDtype "${dtype.slice(0, 40)}": use one of ${Object.keys(bytesByType).join(', ')}, or two as q8_0/q4_0`,
  )
}

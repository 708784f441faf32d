import { lookUp } from '../util/look-up.ts'
import type { ModelFactsForMemory } from './facts.ts'
import type { Quantization } from './quantization.ts'

/** @see the safetensors format's dtypes; the newer ones are in huggingface/safetensors `safetensors/src/tensor.rs` */
const bytesByDtype: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  F6_E2M3: 0.75,
  F6_E3M2: 0.75,
  F4: 0.5,
  C64: 8,
}

/** dtypes that quantizers pack several weights into. */
const packing: ReadonlySet<string> = new Set(['I32', 'U32', 'U8', 'I8', 'I64', 'U64'])

/**
 * Bytes of the stored tensors, from the Hub's counts by dtype. The Hub counts packed words as elements for some repositories and
 * unpacks them for others (gpt-oss-120b: 118 billion `U8`, which would be 118 GB and is 61): where the sum is about the number of
 * parameters expected, it has been unpacked.
 */
export function storedBytes(
  facts: ModelFactsForMemory,
  quantization: Quantization,
  expected: number | undefined,
): number | undefined {
  const counts = Object.entries(facts.paramsByDtype ?? {}).filter(
    ([, count]) => Number.isFinite(count) && count > 0 && count < 1e15,
  )
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0 || counts.some(([dtype]) => lookUp(bytesByDtype, dtype) === undefined)) return undefined
  const isUnpacked = quantization.method !== 'float' && expected !== undefined && total > 0.75 * expected
  return counts.reduce((sum, [dtype, count]) => {
    const bits =
      isUnpacked && packing.has(dtype) && quantization.bits > 0
        ? quantization.bits
        : 8 * (lookUp(bytesByDtype, dtype) ?? 2)
    return sum + (count * bits) / 8
  }, 0)
}

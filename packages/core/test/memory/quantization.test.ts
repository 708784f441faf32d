import { estimateMemory, parseQuantization } from '@hubgate/core/memory'
import { describe, expect, test } from 'vitest'
import { llama8b } from './configs.ts'

describe('parseQuantization()', () => {
  test.each([
    ['BF16', 16],
    ['float32', 32],
    ['FP8', 8],
    ['fp8-block', 8 + 32 / 16384],
    ['gptq-int8', 8 + 24 / 128],
    ['AWQ-INT4', 4 + 20 / 128],
    ['gptq-int4-g32', 4 + 20 / 32],
    ['BNB-NF4', 4.5],
    ['MXFP4', 4.25],
    ['NVFP4', 4.5],
    ['mlx-4bit', 4.5],
    ['MLX-8BIT', 8.5],
    ['mlx-4bit-g32', 5],
    ['4bit', 4.5],
    ['q4f16_1', 4.5],
    ['q3f16_1', 3.6],
    ['W4A16', 4.125],
    ['INT8', 8.02],
  ])('knows %s: %d bits', (label, bits) => {
    expect(parseQuantization(label)?.bits).toBeCloseTo(bits, 6)
  })

  test.each(['Q4_K_M', 'UD-Q4_K_XL', 'i1-IQ2_XXS', 'IQ4_XS', 'TQ1_0', 'IQ3_K_R4', 'Q4_K_M-imatrix', 'MXFP4_MOE'])(
    'knows the GGUF type %s',
    (label) => {
      expect(parseQuantization(label)?.method).toBe('gguf')
    },
  )

  test.each(['', 'fast', 'constructor', '__proto__', 'Q99_K', 'x'.repeat(1e5)])('knows no %j', (label) => {
    expect(parseQuantization(label)).toBeUndefined()
  })
})

// llama.cpp's own figures for Llama-3.1-8B, public part (ggml-org/llama.cpp@311c2c9 tools/quantize/README.md), in bits per weight.
test.each([
  ['IQ1_S', 2.0042],
  ['IQ2_XXS', 2.3824],
  ['Q2_K', 3.1593],
  ['Q4_K_M', 4.8944],
  ['Q8_0', 8.5008],
])('a file of %s takes %d bits a weight', (quantization, bits) => {
  const { weights, hostWeights } = estimateMemory({ config: llama8b, quantization }, { engine: 'llama.cpp' })
  expect(((weights + hostWeights) * 8) / 8_030_261_248).toBeCloseTo(bits, 2)
})

describe('the number format', () => {
  test('is read off the config, with what its ignore list leaves wide', () => {
    const packed = {
      quant_method: 'compressed-tensors',
      format: 'pack-quantized',
      config_groups: { group_0: { weights: { num_bits: 4, group_size: 32 } } },
      ignore: ['lm_head', 're:.*self_attn.*'],
    }
    const wide = estimateMemory({ config: { ...llama8b, quantization_config: packed } })
    const narrow = estimateMemory({ config: { ...llama8b, quantization_config: { ...packed, ignore: ['lm_head'] } } })
    const attention = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024)
    expect(wide.weights - narrow.weights).toBe(attention * (2 - 4.5 / 8))
  })

  test.each([
    ['org/Model-8B-AWQ', 'AWQ'],
    ['org/Model-8B-GPTQ-Int8', 'GPTQ-INT8'],
    ['org/Model-8B-FP8', 'FP8'],
    ['org/Model-8B-bnb-4bit', 'BNB-4BIT'],
    ['Model-8B-Q4_K_M.gguf', 'Q4_K_M'],
    ['org/Model-8B', 'BF16'],
  ])('is read off the name %s where nothing else tells', (name, label) => {
    expect(estimateMemory({ name }).quantization).toBe(label)
  })

  test('that is asked for takes the file of that type, or is computed', () => {
    const facts = { config: llama8b, ggufFilesBytes: { Q4_K_M: 4_920_000_000, Q8_0: 8_540_000_000 } }
    expect(estimateMemory(facts, { quantization: 'Q8_0' })).toMatchObject({ weights: 8_540_000_000, basis: 'files' })
    expect(estimateMemory(facts, { quantization: 'Q6_K' }).basis).toBe('config')
    expect(estimateMemory(facts)).toMatchObject({ weights: 4_920_000_000, quantization: 'Q4_K_M' })
  })
})

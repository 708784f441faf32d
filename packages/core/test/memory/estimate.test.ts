import { estimateMemory } from '@hubgate/core/memory'
import { describe, expect, test } from 'vitest'

const llama = {
  model_type: 'llama',
  num_hidden_layers: 32,
  hidden_size: 4096,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  vocab_size: 128256,
  intermediate_size: 14336,
  max_position_embeddings: 131072,
  tie_word_embeddings: false,
  torch_dtype: 'bfloat16',
}

describe('estimateMemory()', () => {
  test('sums Llama-3.1-8B at 128k: 8030261248 parameters of two bytes and 131072 bytes of cache a token', () => {
    const estimate = estimateMemory({ config: llama }, { contextLength: 131072 })
    expect(estimate.weights).toBe(8_030_261_248 * 2)
    expect(estimate.kvBytesPerToken).toBe(2 * 32 * 8 * 128 * 2)
    expect(estimate.kvCache).toBe(131072 * 131072)
    expect(estimate.total).toBe(estimate.weights + estimate.kvCache + estimate.state + estimate.overhead)
    expect(estimate.basis).toBe('config')
  })

  test.each([
    { contextLength: 0 },
    { contextLength: -1 },
    { contextLength: Number.NaN },
    { batch: -1 },
    { batch: 0 },
    { tensorParallel: 1.5 },
    { kvDtype: 'q9' },
    { quantization: 'HUGE' },
  ])('refuses %o with a RangeError that quotes it', (options) => {
    const asked = String(Object.values(options)[0])
    expect(() => estimateMemory({ config: llama }, options)).toThrow(RangeError)
    expect(() => estimateMemory({ config: llama }, options)).toThrow(asked)
  })

  test('refuses facts that tell no size', () => {
    expect(() => estimateMemory({})).toThrow(TypeError)
    expect(() => estimateMemory({ config: { num_hidden_layers: 1e18, hidden_size: -3 } })).toThrow(TypeError)
  })
})

import {
  engines,
  estimateMemory,
  listRowMemory,
  type MemoryEstimate,
  type MemoryOptions,
  maxContext,
} from '@hubgate/core/memory'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { llama8b } from './configs.ts'

const fields = [
  'num_hidden_layers',
  'hidden_size',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
  'vocab_size',
  'intermediate_size',
  'sliding_window',
  'layer_types',
  'kv_lora_rank',
  'qk_rope_head_dim',
  'num_experts',
  'moe_intermediate_size',
  'num_experts_per_tok',
  'mamba_d_ssm',
  'mamba_num_heads',
  'ssm_state_size',
  'linear_num_value_heads',
  'full_attention_interval',
  'max_position_embeddings',
  'quantization_config',
  'vision_config',
  'text_config',
  'block_configs',
  'hybrid_override_pattern',
  'tie_word_embeddings',
  'model_type',
  'architectures',
  'layer_pattern',
  'num_kv_shared_layers',
  'global_head_dim',
  'hidden_size_per_layer_input',
  'first_k_dense_replace',
  'expansion_ratio',
]
const number = fc.oneof(
  fc.integer({ min: 1, max: 8192 }),
  fc.constantFrom(0, -1, 1e18, 1e308, Number.MAX_SAFE_INTEGER, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -0),
)
const value = fc.oneof(
  { weight: 4, arbitrary: number },
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 5 }),
  fc.array(fc.constantFrom('full_attention', 'mamba', 'sliding_attention', 'moe', 'x'), { maxLength: 60 }),
  fc.constantFrom(
    'llama',
    'gemma3',
    'gemma4',
    'deepseek_v3',
    'nemotron_h',
    'qwen3_next',
    'jamba',
    'M*E-M',
    '__proto__',
  ),
)
const flat = fc.dictionary(fc.constantFrom(...fields), value)
const config = fc.oneof(
  flat,
  fc.dictionary(fc.constantFrom(...fields), fc.oneof(value, flat)),
  fc.record({ text_config: flat, vision_config: flat, quantization_config: flat }),
  fc.jsonValue(),
)
const facts = fc.record(
  {
    config,
    paramsTotal: number,
    weightsBytes: number,
    embeddingBytes: number,
    activeParams: number,
    name: fc.string(),
    quantization: fc.oneof(
      fc.string(),
      fc.constantFrom('AWQ-INT4', 'Q4_K_M', 'MXFP4', 'GGUF', 'mlx-4bit', 'UD-Q2_K_XL'),
    ),
    paramsByDtype: fc.dictionary(fc.constantFrom('BF16', 'I32', 'U8', 'F8_E4M3', '__proto__'), number),
    ggufFilesBytes: fc.dictionary(fc.constantFrom('Q4_K_M', 'Q8_0', 'x'), number),
  },
  { requiredKeys: [] },
)
const options = fc.record(
  {
    engine: fc.constantFrom(...engines, 'ollama', 'autoawq', 'none such'),
    contextLength: fc.oneof(number, fc.constant(131072)),
    batch: number,
    tensorParallel: fc.constantFrom(1, 2, 8),
    kvDtype: fc.constantFrom('auto', 'fp8', 'q8_0', 'c^KV q8_0', 'odd'),
    gpuMemoryBytes: number,
    generatedTokens: number,
  },
  { requiredKeys: [] },
)

function expectSound(estimate: MemoryEstimate): void {
  const { errorBand, perGpu, overheadParts, kvBytesPerToken, activeWeights, total } = estimate
  const figures = [
    total,
    estimate.weights,
    estimate.kvCache,
    estimate.state,
    estimate.overhead,
    ...Object.values(perGpu),
    ...Object.values(overheadParts),
    kvBytesPerToken,
    activeWeights,
    errorBand.low,
    errorBand.high,
  ]
  for (const figure of figures) expect(Number.isFinite(figure) && figure >= 0).toBe(true)
  expect(errorBand.low).toBeLessThanOrEqual(total)
  expect(errorBand.high).toBeGreaterThanOrEqual(total)
}

describe('estimateMemory() on broken input', () => {
  test('answers with finite figures or refuses in words', () => {
    fc.assert(
      fc.property(facts, options, (given, asked) => {
        try {
          expectSound(estimateMemory(given, asked))
        } catch (error) {
          if (!(error instanceof RangeError || error instanceof TypeError)) throw error
          expect(error.message).toMatch(/^Cannot estimate/)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('does not believe 10^18 layers, says so, and widens its band', () => {
    const good = estimateMemory({ config: llama8b, paramsTotal: 8_030_261_248 })
    const absurd = estimateMemory({ config: { ...llama8b, num_hidden_layers: 1e18 }, paramsTotal: 8_030_261_248 })
    expect(absurd.basis).toBe('params-only')
    expect(absurd.notes.join(' ')).toContain('KV cache is a guess')
    expect(absurd.errorBand.high - absurd.errorBand.low).toBeGreaterThan(good.errorBand.high - good.errorBand.low)
    expect(() => estimateMemory({ config: { ...llama8b, num_hidden_layers: 1e18 } })).toThrow(TypeError)
  })

  test('walks no list of layers or names without end', () => {
    const config = {
      ...llama8b,
      layer_types: Array.from({ length: 1_000_000 }, () => 'mamba'),
      quantization_config: { quant_method: 'awq', ignore: Array.from({ length: 1_000_000 }, () => 'lm_head') },
    }
    const estimate = estimateMemory({ config })
    expectSound(estimate)
    expect(estimate.state).toBe(0)
  })
})

describe('maxContext()', () => {
  test('fits, and one token more does not', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...engines),
        fc.integer({ min: 18, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (engine, gib, batch) => {
          const asked: MemoryOptions = { engine, batch }
          const available = gib * 1024 ** 3
          const context = maxContext({ config: llama8b }, asked, available)
          const need = (contextLength: number): number =>
            estimateMemory({ config: llama8b }, { ...asked, contextLength }).perGpu.total
          if (context === undefined) return expect(need(1)).toBeGreaterThan(available)
          expect(need(context)).toBeLessThanOrEqual(available)
          if (context < 131072) expect(need(context + 1)).toBeGreaterThan(available)
        },
      ),
    )
  })

  test('is the model’s own maximum where there is room, and nothing where there is none', () => {
    expect(maxContext({ config: llama8b }, {}, 1e12)).toBe(131072)
    expect(maxContext({ config: llama8b }, {}, 1e9)).toBeUndefined()
  })
})

describe('listRowMemory()', () => {
  test('reads stored bytes off the counts by dtype', () => {
    const row = listRowMemory({ name: 'Qwen/Qwen3-8B', paramsByDtype: { BF16: 8_190_735_360 } })
    expect(row).toMatchObject({ weights: 2 * 8_190_735_360, quantization: 'BF16', basis: 'header' })
  })

  test('knows packed words from unpacked ones', () => {
    // Qwen2.5-7B-Instruct-GPTQ-Int4 as stored: I32 words of eight weights. gpt-oss-120b as the Hub counts it: unpacked.
    const packed = listRowMemory({
      name: 'Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4',
      paramsByDtype: { I32: 842_000_000, F16: 1_150_000_000 },
      tags: ['gptq', '4-bit'],
    })
    expect(packed?.weights).toBe(842_000_000 * 4 + 1_150_000_000 * 2)
    const unpacked = listRowMemory({
      name: 'openai/gpt-oss-120b',
      paramsByDtype: { BF16: 2_167_371_072, U8: 118_244_966_400 },
      tags: ['mxfp4'],
    })
    expect((unpacked?.weights ?? 0) / 1e9).toBeCloseTo(67, 0)
  })

  test('gives nothing where a row tells nothing', () => {
    expect(listRowMemory({ name: 'someone/my-model' })).toBeUndefined()
  })

  test('is sound whatever the row holds', () => {
    fc.assert(
      fc.property(
        fc.record({
          name: fc.string(),
          paramsTotal: number,
          tags: fc.array(fc.constantFrom('gguf', '4-bit', 'gptq', 'mlx', 'x')),
        }),
        (row) => {
          const figure = listRowMemory(row)
          if (figure === undefined) return
          expect(
            Number.isFinite(figure.total) &&
              figure.errorBand.low <= figure.total &&
              figure.total <= figure.errorBand.high,
          ).toBe(true)
        },
      ),
    )
  })
})

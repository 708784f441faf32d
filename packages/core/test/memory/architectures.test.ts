import { estimateMemory } from '@hubgate/core/memory'
import { describe, expect, test } from 'vitest'
import { deepseekV3, falconH1, gemma27b, gptOss20b, llama8b, qwen30b } from './configs.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

function perGpu(tensorParallel: number): number {
  const options = { contextLength: 4096, engine: 'vllm', tensorParallel }
  return estimateMemory({ config: llama8b }, options).perGpu.kvBytesPerToken
}

describe('estimateMemory() by hand', () => {
  // Parameters: Hub, safetensors total 8030261248. Cache: 2 × 32 layers × 8 heads × 128 × 2 bytes; vLLM's log gives 131072 within 0.1 %
  // (https://github.com/vllm-project/vllm/issues/10517).
  test('Llama-3.1-8B at 128k in vLLM on an H100', () => {
    const estimate = estimateMemory(
      { config: llama8b },
      { contextLength: 131072, engine: 'vllm', gpuMemoryBytes: 80 * GIB },
    )
    // 14.957 GiB of checkpoint and 131072 × 128 × 2 bytes of rotary table: the log says 14.9888 GiB.
    expect(estimate.weights).toBe(8_030_261_248 * 2 + 131072 * 128 * 2)
    expect(estimate.weights / GIB).toBeCloseTo(14.9888, 3)
    expect(estimate.kvBytesPerToken).toBe(131072)
    expect(estimate.kvCache).toBe(16 * GIB)
    expect(estimate.state).toBe(0)
    // Measured: 4.76 GiB of activations and 0.13 of other memory (llm-d-planner, docs/empirical-vllm-memory-results.md).
    expect(estimate.overheadParts.activations / GIB).toBeCloseTo(4.9, 1)
  })

  // 2 × 129280 × 7168 + 61 × (11010048 + 37748736 + 4128768 + 16777216 + 117440512) + 3 × 3 × 7168 × 18432
  // + 58 × (257 × 3 × 7168 × 2048 + 256 × 7168) + (2 × 61 + 1) × 7168. Published: 671 B, and 14 B more of a prediction layer.
  test('DeepSeek-V3: latent attention, a shared expert, blocks of FP8, a prediction layer that is not loaded', () => {
    const embeddings = 2 * 129280 * 7168
    const small = (2 * 61 + 1) * 7168 + 58 * 256 * 7168
    const params = 671_026_279_424
    const estimate = estimateMemory({ config: deepseekV3, paramsTotal: 684_531_386_000 }, { contextLength: 8192 })
    const wide = (embeddings + small) * 2
    expect(estimate.weights).toBe(Math.ceil(wide + (params - embeddings - small) * (1 + 32 / 16384 / 8)))
    expect(estimate.unloadedWeights / 1e9).toBeCloseTo(13.5, 0)
    expect(estimate.kvBytesPerToken).toBe(61 * (512 + 64) * 2)
    // A latent is copied to every GPU: Kimi-K2, of the same shape, shows 70275 bytes a token on each of eight.
    const split = estimateMemory({ config: deepseekV3 }, { contextLength: 8192, engine: 'vllm', tensorParallel: 8 })
    expect(split.perGpu.kvBytesPerToken).toBe(70272)
    expect(split.kvCache).toBe(8 * split.perGpu.kvCache)
    expect(split.perGpu.weights / GIB).toBeGreaterThan(params / 8 / GIB)
  })

  // Five windows of 1024 to one full layer: 10 full of 62 (Gemma 3 report, section 2). A layer keeps 2 × 16 × 128 × 2 bytes a token.
  test('Gemma-3-27B: windows stop growing, and a tower is counted from its config', () => {
    const estimate = estimateMemory({ config: gemma27b }, { contextLength: 131072 })
    const layer = 2 * 16 * 128 * 2
    expect(estimate.kvCache).toBe(10 * layer * 131072 + 52 * layer * 1024)
    // Published: 27 432 406 640 parameters, tower included.
    expect(Math.abs(estimate.weights / 2 / 27_432_406_640 - 1)).toBeLessThan(0.005)
    const llamaCpp = estimateMemory({ config: gemma27b }, { contextLength: 131072, engine: 'llama.cpp' })
    // pad256(window + micro-batch) cells, and the tower in a file of its own.
    expect(llamaCpp.kvCache).toBe(10 * layer * 131072 + 52 * layer * 1536)
    expect(llamaCpp.weights).toBeLessThan(estimate.weights - 0.8e9)
  })

  // Published: 30.53 B parameters; the log of ik_llama.cpp: 3072 MiB of cache at 32768 tokens.
  test('Qwen3-30B-A3B: all experts are held, eight of 128 are read', () => {
    const estimate = estimateMemory({ config: qwen30b }, { contextLength: 32768 })
    expect(Math.abs(estimate.weights / 2 / 30_532_122_624 - 1)).toBeLessThan(1e-5)
    expect(estimate.kvCache).toBe(3072 * MIB)
    const experts = 48 * 128 * 3 * 2048 * 768
    const embeddings = 151936 * 2048
    expect(estimate.activeWeights).toBe(estimate.weights - 2 * (experts * (1 - 8 / 128) + embeddings))
    // 20.228 GiB, the same log.
    const q5 = estimateMemory({ config: qwen30b, quantization: 'Q5_K_M' }, { contextLength: 4096, engine: 'llama.cpp' })
    expect((q5.weights + q5.hostWeights) / GIB).toBeCloseTo(20.228, 1)
  })

  // 24 × 32 × 3 × 2880² expert weights of 4.25 bits, the rest of 16. llama-bench: 11.27 GiB for a file whose rest is Q8_0; vLLM: 13.72 GiB.
  test('gpt-oss-20b: only the experts are packed, windows of 128, kernels that pad', () => {
    const experts = 24 * 32 * 3 * 2880 * 2880
    const estimate = estimateMemory({ config: gptOss20b }, { contextLength: 131072 })
    expect(estimate.quantization).toBe('MXFP4')
    expect(estimate.weights / ((experts * 4.25) / 8 + 1.8e9 * 2)).toBeCloseTo(1, 2)
    const layer = 2 * 8 * 64 * 2
    expect(estimate.kvCache).toBe(12 * layer * 131072 + 12 * layer * 128)
    const vllm = estimateMemory({ config: gptOss20b }, { contextLength: 131072, engine: 'vllm' })
    // A prefill step of 2048 tokens passes through the windows.
    expect(vllm.kvCache).toBe(12 * layer * 131072 + 12 * layer * (128 + 2048))
    expect(vllm.weights / GIB).toBeCloseTo(13.72, 1)
  })

  // llama.cpp's log: KV 768 MiB at 32768 cells, RS buffer 72.98 MiB (R 0.98 + S 72.00).
  test('Falcon-H1-1.5B: every layer has a cache and a state', () => {
    const estimate = estimateMemory({ config: falconH1 }, { contextLength: 32768, engine: 'llama.cpp' })
    expect(estimate.kvCache).toBe(768 * MIB)
    expect(estimate.state).toBe(24 * (3072 * 256 * 4 + 3 * (3072 + 2 * 256) * 4))
    expect(estimate.state / MIB).toBeCloseTo(72.98, 1)
    expect(estimateMemory({ config: falconH1 }, { contextLength: 32768, engine: 'llama.cpp', batch: 3 }).state).toBe(
      3 * estimate.state,
    )
  })

  test('an encoder keeps no cache', () => {
    const bert = {
      model_type: 'bert',
      num_hidden_layers: 12,
      hidden_size: 768,
      num_attention_heads: 12,
      vocab_size: 30522,
      intermediate_size: 3072,
    }
    expect(estimateMemory({ config: bert }, { contextLength: 512 }).kvCache).toBe(0)
  })

  test('KV heads divide over GPUs until one is left on each', () => {
    expect([1, 2, 8, 16].map(perGpu)).toEqual([131072, 65536, 16384, 16384])
  })

  test.each([
    ['bf16', 131072],
    ['fp8', 65536],
    ['q8_0', 131072 * (34 / 64)],
    ['q4_0', 131072 * (18 / 64)],
    ['K q8_0 / V q4_0', 131072 * (26 / 64)],
  ])('a cache of %s takes %d bytes a token', (kvDtype, bytes) => {
    expect(estimateMemory({ config: llama8b }, { contextLength: 4096, kvDtype }).kvBytesPerToken).toBe(bytes)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { curatedList } from '../../src/catalog/curated-list.ts'
import type { FitFacts } from '../../src/fit/fit-facts.ts'
import { toFitJson } from '../../src/fit/fit-json.ts'
import { fitModel } from '../../src/fit/fit-model.ts'
import { fitTable } from '../../src/fit/fit-table.ts'
import type { FitIntent } from '../../src/fit/intent.ts'
import { recordFacts } from '../../src/fit/record-facts.ts'
import { relativesAmong } from '../../src/fit/relatives.ts'
import type { Hardware } from '../../src/hardware/hardware.ts'
import { parseHardwareRequest } from '../../src/hardware/parse-hardware-request.ts'

const GIB = 1024 ** 3

function factsOf(id: string): FitFacts {
  const record = curatedList().byId(id)
  if (record === undefined) throw new Error(`${id} is not in the curated list`)
  return recordFacts(record, relativesAmong(record, curatedList().records))
}

function machineWith(parts: Partial<Hardware>): Hardware {
  return {
    origin: 'detected',
    gpus: [],
    cpu: undefined,
    ramBytes: undefined,
    freeRamBytes: undefined,
    limits: [],
    notices: [],
    ...parts,
  }
}

function smallestFor(facts: FitFacts, intent: FitIntent): unknown {
  return fitModel(facts, parseHardwareRequest('T4'), intent).smallestGpu
}

const llama = factsOf('meta-llama/Llama-3.1-8B-Instruct')
const qwen32 = factsOf('Qwen/Qwen3-32B')
const deepseek = factsOf('deepseek-ai/DeepSeek-V3')

describe('fitModel()', () => {
  // Llama-3.1-8B: 14.96 GiB of weights, 128 KiB of cache a token.
  test.each<[FitFacts, string, FitIntent, object]>([
    [llama, 'RTX 4090', { contextLength: 32_768 }, { kind: 'fits', gpuCount: 1 }],
    [llama, '2x RTX 4090', { contextLength: 32_768 }, { kind: 'fits', gpuCount: 1 }],
    [llama, '2x RTX 4090', { contextLength: 131_072 }, { kind: 'fits', gpuCount: 2 }],
    [llama, 'RTX 4090', { contextLength: 131_072 }, { kind: 'shorter-context', gpuCount: 1 }],
    [llama, 'RTX 4090', { contextLength: 131_072, kvDtype: 'fp8', quantization: 'FP8' }, { kind: 'fits' }],
    [
      llama,
      'RTX 4060',
      {},
      { kind: 'quantised', quantization: 'Q4_K_M', modelId: 'bartowski/Meta-Llama-3.1-8B-Instruct-GGUF' },
    ],
    [
      llama,
      'RTX 4080',
      { engine: 'vllm' },
      { kind: 'quantised', quantization: 'FP8', modelId: 'RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8' },
    ],
    [llama, 'M3 Max 64GB', { contextLength: 131_072 }, { kind: 'fits' }],
    [
      qwen32,
      '2x RTX 4090',
      { engine: 'vllm' },
      { kind: 'quantised', quantization: 'AWQ-INT4', modelId: 'Qwen/Qwen3-32B-AWQ', gpuCount: 2 },
    ],
    [deepseek, 'H200', { engine: 'vllm', contextLength: 8192 }, { kind: 'more-gpus', gpuCount: 8, gpuName: 'H200' }],
    [deepseek, '8x H200', { engine: 'vllm' }, { kind: 'fits', gpuCount: 8 }],
    [deepseek, 'M1 8GB', {}, { kind: 'no' }],
  ])('%# says what is meant', (facts, gpus, intent, verdict) => {
    expect(fitModel(facts, parseHardwareRequest(gpus), intent).verdict).toMatchObject(verdict)
  })

  test('calls tight what only the error band decides, on both sides of the limit', () => {
    const { trial } = fitModel(llama, parseHardwareRequest('64GB'), { contextLength: 32_768 })
    const { low, high } = trial.estimate.errorBand
    const verdictAt = (bytes: number): { kind: string; spareBytes?: number } =>
      fitModel(llama, parseHardwareRequest(`${bytes / 1024 ** 2}MiB`), { contextLength: 32_768 }).verdict
    const step = 1024 ** 2
    const roundUp = (bytes: number): number => Math.ceil(bytes / step) * step
    expect(verdictAt(roundUp(high))).toMatchObject({ kind: 'fits' })
    expect(verdictAt(roundUp(high) - step)).toMatchObject({ kind: 'tight' })
    expect(verdictAt(roundUp(low))).toMatchObject({ kind: 'tight', spareBytes: expect.any(Number) })
    expect(verdictAt(roundUp(low)).spareBytes).toBeLessThan(0)
    expect(verdictAt(roundUp(low) - step).kind).not.toBe('tight')
  })

  test('finds the longest context: that one fits, and the next step does not', () => {
    const hardware = parseHardwareRequest('RTX 4090')
    const { maxContext = 0 } = fitModel(llama, hardware, { contextLength: 131_072 })
    expect(maxContext % 1024).toBe(0)
    expect(fitModel(llama, hardware, { contextLength: maxContext }).verdict.kind).toBe('fits')
    expect(fitModel(llama, hardware, { contextLength: maxContext + 1024 }).verdict.kind).not.toBe('fits')
    expect(fitModel(llama, parseHardwareRequest('H100')).maxContext).toBe(131_072)
    expect(fitModel(deepseek, hardware).maxContext).toBeUndefined()
  })

  test('names the smallest known GPU that holds it alone, or how many of the largest', () => {
    expect(smallestFor(llama, { quantization: 'Q4_K_M', contextLength: 8192 })).toEqual({
      name: 'GeForce RTX 5060 Ti 8GB',
      count: 1,
    })
    expect(smallestFor(llama, { engine: 'mlx' })).toMatchObject({ name: expect.stringMatching(/^Apple/), count: 1 })
    expect(smallestFor(deepseek, { engine: 'vllm' })).toMatchObject({ name: 'B300', count: 4 })
  })

  test('bounds the speed of decoding by bandwidth over what is read, with all experts that are not visited left out', () => {
    const dense = fitModel(llama, parseHardwareRequest('RTX 4090'), { contextLength: 8192 }).decode
    // 8.03 B parameters less an input embedding of 128256 × 4096, two bytes each, and 1 GiB of cache.
    expect(dense?.bytesPerToken).toBeCloseTo((8_030_261_248 - 128_256 * 4096) * 2 + GIB, -8)
    expect(dense?.tokensPerSecond).toBeCloseTo(1008e9 / (dense?.bytesPerToken ?? 0), 3)
    const expert = fitModel(factsOf('Qwen/Qwen3-30B-A3B'), parseHardwareRequest('H100'), { contextLength: 1024 }).decode
    // About 3.3 B of 30.5 B parameters are active, the input embedding is not read.
    expect(expert?.bytesPerToken).toBeGreaterThan(5.5e9)
    expect(expert?.bytesPerToken).toBeLessThan(6.7e9)
    expect(fitModel(llama, parseHardwareRequest('24GB')).decode).toBeUndefined()
  })

  test('takes free memory, not the whole, and main memory where there is no GPU', () => {
    const [card] = parseHardwareRequest('RTX 4090').gpus
    if (card === undefined) throw new Error('no card')
    const busy = machineWith({ gpus: [{ ...card, freeBytes: 10 * GIB }], ramBytes: 64 * GIB, freeRamBytes: 60 * GIB })
    expect(fitModel(llama, busy).verdict.kind).toBe('quantised')
    const { trial } = fitModel(llama, machineWith({ ramBytes: 64 * GIB, freeRamBytes: 60 * GIB }))
    expect(trial).toMatchObject({
      level: 'fits',
      capacityBytes: 60 * GIB,
      estimate: { engine: 'llama.cpp' },
      setup: { device: { isRam: true } },
    })
    // llama.cpp keeps input embeddings in main memory, which here is the memory that counts.
    expect(trial.needBytes).toBe(trial.estimate.perGpu.total + trial.estimate.hostWeights)
    expect(trial.estimate.hostWeights).toBeGreaterThan(GIB / 2)
  })

  test('keeps vLLM to nine tenths of the card, beside which the driver stands', () => {
    const { trial } = fitModel(llama, parseHardwareRequest('RTX 4090'), { engine: 'vllm' })
    const whole = parseHardwareRequest('RTX 4090').gpus[0]?.freeBytes ?? 0
    expect(trial.capacityBytes).toBe(Math.floor(0.9 * whole + trial.estimate.overheadParts.runtime))
  })

  test('lets the smallest GPU decide, and tensor parallelism divide the heads', () => {
    const { trial } = fitModel(qwen32, parseHardwareRequest('H100 + RTX 4090'), { tensorParallel: 2 })
    expect(trial.setup.device.name).toBe('GeForce RTX 4090')
    // 64 heads: three GPUs are no choice for vLLM, which then takes two, and one for llama.cpp, which hands out layers.
    expect(fitModel(qwen32, parseHardwareRequest('3x A100 40GB'), { engine: 'vllm' }).trial.setup.count).toBe(2)
    expect(
      fitModel(qwen32, parseHardwareRequest('4x RTX 4090'), { engine: 'llama.cpp', quantization: 'BF16' }).trial.setup
        .count,
    ).toBe(3)
  })

  test.each<[string, FitIntent, string]>([
    ['RTX 4090', { tensorParallel: 2 }, 'on 2 GPUs: there is 1'],
    ['RTX 4090', { contextLength: 0 }, 'contextLength 0'],
    ['RTX 4090', { batch: -1 }, 'batch -1'],
    ['RTX 4090', { kvDtype: 'fp3' }, 'fp3'],
    ['RTX 4090', { quantization: 'magic' }, 'magic'],
  ])('refuses on %s %j: %s', (gpu, intent, why) => {
    expect(() => fitModel(llama, parseHardwareRequest(gpu), intent)).toThrow(RangeError)
    expect(() => fitModel(llama, parseHardwareRequest(gpu), intent)).toThrow(why)
  })

  test('refuses hardware without memory', () => {
    expect(() => fitModel(llama, machineWith({}))).toThrow('no device')
  })
})

test('every curated model gets an answer of finite numbers on every kind of hardware', () => {
  const machines = ['RTX 3060', '8x H100', 'M4 Max 128GB'].map(parseHardwareRequest)
  for (const record of curatedList().records) {
    const facts = recordFacts(record)
    for (const hardware of machines) {
      const answer = fitModel(facts, hardware)
      const json = JSON.stringify([toFitJson(facts, answer), fitTable(facts, {}, answer)], (_, value: unknown) => {
        if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${record.id}: ${value}`)
        return value
      })
      expect(json).toContain(record.id)
    }
  }
})

test('fitModel() stands any numbers: it answers, or refuses with a RangeError', () => {
  fc.assert(
    fc.property(
      fc.record(
        { contextLength: fc.integer(), batch: fc.integer(), tensorParallel: fc.integer() },
        { requiredKeys: [] },
      ),
      fc.integer({ min: 1, max: 2 ** 30 }),
      (intent, mib) => {
        try {
          const { trial } = fitModel(llama, parseHardwareRequest(`${mib}MiB`), intent)
          expect(Number.isFinite(trial.spareBytes)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      },
    ),
    { numRuns: 200 },
  )
})

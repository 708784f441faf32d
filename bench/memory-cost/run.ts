// What does one estimate cost, to grade a page of search results while someone types? Beside it the floor that any estimator from a
// config pays: parsing that config, and making an object of as many fields as an estimate has.
import process from 'node:process'
import { estimateMemory, listRowMemory, type ModelFactsForMemory } from '@hubgate/core/memory'
import { keepResult, median } from '../timing.ts'

const ROUNDS = 21
const CALLS = 2000

const config = {
  model_type: 'qwen3_moe',
  num_hidden_layers: 48,
  hidden_size: 2048,
  num_attention_heads: 32,
  num_key_value_heads: 4,
  head_dim: 128,
  vocab_size: 151936,
  intermediate_size: 6144,
  moe_intermediate_size: 768,
  num_experts: 128,
  num_experts_per_tok: 8,
  max_position_embeddings: 40960,
  tie_word_embeddings: false,
  torch_dtype: 'bfloat16',
}
const text = JSON.stringify(config)
const facts: ModelFactsForMemory = { config, paramsTotal: 30_532_122_624 }
const row = { name: 'Qwen/Qwen3-30B-A3B', paramsByDtype: { BF16: 30_532_122_624 }, tags: ['transformers', 'qwen3_moe'] }

const contenders: readonly (readonly [name: string, work: () => unknown])[] = [
  ['floor: JSON.parse of the config', () => JSON.parse(text)],
  ['floor: an object of an estimate’s size', () => structuredFloor(facts.paramsTotal ?? 0)],
  ['estimateMemory, 16 bit, vLLM', () => estimateMemory(facts, { engine: 'vllm', contextLength: 32_768 })],
  ['estimateMemory, Q4_K_M, llama.cpp', () => estimateMemory(facts, { engine: 'llama.cpp', quantization: 'Q4_K_M' })],
  ['listRowMemory', () => listRowMemory(row)],
]

const timings = contenders.map(([name]) => ({ name, ns: [] as number[] }))
for (let round = -3; round < ROUNDS; round++)
  for (const [index, [, work]] of contenders.entries()) {
    const ns = timeCalls(work)
    if (round >= 0) timings[index]?.ns.push(ns)
  }

const floor = median(timings[0]?.ns ?? [])
const rows = timings.map(({ name, ns }) => ({
  name,
  nsEach: Math.round(median(ns)),
  ratioToParsing: Math.round((100 * median(ns)) / floor) / 100,
  pageOf30Microseconds: Math.round((30 * median(ns)) / 100) / 10,
}))
console.table(rows)
process.stdout.write('a frame is 16 667 µs\n')
keepResult(new URL(import.meta.url), { rounds: ROUNDS, callsEach: CALLS, rows })

function timeCalls(work: () => unknown): number {
  const begun = process.hrtime.bigint()
  for (let call = 0; call < CALLS; call++) work()
  return Number(process.hrtime.bigint() - begun) / CALLS
}

function structuredFloor(total: number): object {
  const terms = { weights: total, kvCache: 1, state: 2, overhead: 3, total }
  return {
    ...terms,
    perGpu: { ...terms, kvBytesPerToken: 4 },
    parts: { a: 5, b: 6 },
    band: { low: 7, high: 8 },
    notes: [],
  }
}

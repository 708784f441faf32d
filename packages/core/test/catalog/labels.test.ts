import { expect, test } from 'vitest'
import { contextLabel, formatCount, memoryLabel, paramsLabel } from '../../src/catalog/labels.ts'

test.each([
  ['meta-llama/Llama-3.1-405B-Instruct', 1, '405B'],
  ['Qwen/Qwen3-30B-A3B', 1, '30B'],
  ['HuggingFaceTB/SmolLM2-360M-Instruct', 1, '360M'],
  ['stabilityai/stablelm-2-1_6b', 1, '1.6B'],
  ['01-ai/Yi-1.5-34B-Chat', 1, '34B'],
  ['mistralai/Mixtral-8x7B-Instruct-v0.1', 46_702_792_704, '47B'],
  ['google/gemma-3n-E4B-it', 7_849_978_192, '7.8B'],
  ['microsoft/phi-4', 14_659_507_200, '15B'],
  ['acme/unknown', undefined, '?'],
] as const)('paramsLabel(%s)', (id, params, label) => {
  expect(paramsLabel(id, params)).toBe(label)
})

test('formatCount() rounds up to the next unit rather than print 1000B', () => {
  expect([999_900_000_000, 999_400_000, 361_821_120, 9_949_000_000, 9_960_000_000].map(formatCount)).toEqual([
    '1T',
    '999M',
    '362M',
    '9.9B',
    '10B',
  ])
})

test('memoryLabel() rounds up, contextLabel() knows both kinds of thousand', () => {
  expect(memoryLabel(16_060_522_496)).toBe('17GB')
  expect([131_072, 32_768, 1_000_000, 1_048_576, 200_000, 512].map(contextLabel)).toEqual([
    '128k',
    '32k',
    '1M',
    '1M',
    '200k',
    '512',
  ])
})

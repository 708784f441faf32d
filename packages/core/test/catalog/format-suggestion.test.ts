import { describe, expect, test } from 'vitest'
import { formatModelSuggestion } from '../../src/hubgate.ts'

const terms = {
  id: 'meta-llama/Llama-3.1-8B-Instruct',
  gated: 'auto',
  params: 8_030_261_248,
  memory: { label: '16GB' },
}
const approval = {
  id: 'meta-llama/Llama-3.1-405B-Instruct',
  gated: 'manual',
  params: 405_853_388_800,
  memory: { label: '810GB' },
}
const open = { id: 'Qwen/Qwen2.5-1.5B-Instruct', gated: false, params: 1_543_714_304, memory: { label: '4GB' } }

describe('formatModelSuggestion() prints the specification byte for byte', () => {
  test.each([
    [terms, 'brackets', 'meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Terms]'],
    [approval, 'brackets', 'meta-llama/Llama-3.1-405B-Instruct (810GB, 405B) [Approval]'],
    [open, 'brackets', 'Qwen/Qwen2.5-1.5B-Instruct (4GB, 1.5B)'],
    [terms, 'icons', '[LOCK] meta-llama/Llama-3.1-8B-Instruct (16GB, 8B)'],
    [approval, 'icons', '[KEY] meta-llama/Llama-3.1-405B-Instruct (810GB, 405B)'],
    [open, 'icons', '      Qwen/Qwen2.5-1.5B-Instruct (4GB, 1.5B)'],
    [terms, 'plain', 'meta-llama/Llama-3.1-8B-Instruct (16GB, 8B)'],
    [{ ...terms, gated: true }, 'brackets', 'meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Restricted]'],
    [{ ...terms, gated: true }, 'icons', '[LOCK] meta-llama/Llama-3.1-8B-Instruct (16GB, 8B)'],
    [{ ...terms, gated: null }, 'brackets', 'meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [?]'],
    [{ ...terms, gated: null }, 'icons', '[?] meta-llama/Llama-3.1-8B-Instruct (16GB, 8B)'],
  ] as const)('%j as %s', (model, style, line) => {
    expect(formatModelSuggestion(model, { style })).toBe(line)
  })

  test('colours: green public, yellow terms, red approval, and the bracket stays', () => {
    expect(formatModelSuggestion(terms, { style: 'colors' })).toBe(
      '\u001B[33mmeta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Terms]\u001B[39m',
    )
    expect(formatModelSuggestion(approval, { style: 'colors' })).toBe(
      '\u001B[31mmeta-llama/Llama-3.1-405B-Instruct (810GB, 405B) [Approval]\u001B[39m',
    )
    expect(formatModelSuggestion(open, { style: 'colors' })).toBe(
      '\u001B[32mQwen/Qwen2.5-1.5B-Instruct (4GB, 1.5B)\u001B[39m',
    )
  })
})

test('formatModelSuggestion() fills in from the curated list what a raw answer lacks, but not a gate it was given', () => {
  expect(formatModelSuggestion({ id: terms.id, gated: 'auto' })).toBe(
    'meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Terms]',
  )
  expect(formatModelSuggestion('meta-llama/Meta-Llama-3.1-8B-Instruct')).toBe(
    'meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Approval]',
  )
})

test('formatModelSuggestion() invents nothing for a model nobody knows', () => {
  expect(formatModelSuggestion('acme/mystery')).toBe('acme/mystery (?, ?) [?]')
  expect(formatModelSuggestion({ id: 'acme/mystery', gated: false, params: 14_659_507_200 })).toBe(
    'acme/mystery (30GB, 15B)',
  )
})

test('formatModelSuggestion() prints no terminal escape that an id carries', () => {
  expect(formatModelSuggestion({ id: 'acme/\u001B[31mred\u0007', gated: false })).toBe('acme/red (?, ?)')
})

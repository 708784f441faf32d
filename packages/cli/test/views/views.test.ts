import fc from 'fast-check'
import { expect, test } from 'vitest'
import { note } from '../../src/context.ts'
import { UsageError } from '../../src/exit-codes.ts'
import { printError } from '../../src/views/errors.ts'
import { formatAge, formatBytes, formatRough } from '../../src/views/quantities.ts'
import { type Column, renderTable, truncate } from '../../src/views/table.ts'

const columns: readonly Column<string>[] = [
  { title: 'MODEL', cell: (row) => row },
  { title: 'GATE', cell: () => 'terms', priority: 9 },
  { title: 'AGE', cell: () => '3mo', priority: 1 },
]
const plain = (text: string): string => text

test('a table fits its width: columns of low priority go first, then the name is cut', () => {
  const rows = ['meta-llama/Llama-3.1-8B-Instruct', 'a/b']
  expect(renderTable(columns, rows, 60, plain)[0]).toBe(`MODEL${' '.repeat(29)}GATE   AGE`)
  expect(renderTable(columns, rows, 26, plain)).toEqual([
    'MODEL                GATE',
    'meta-llama/Llama-3…  terms',
    'a/b                  terms',
  ])
})

test('a column that may be cut is cut before it goes, and before others go', () => {
  const noted = [...columns, { title: 'NOTE', cell: () => 'what is to be done next', priority: 4, least: 10 }]
  expect(renderTable(noted, ['a/b'], 60, plain)[1]).toBe('a/b    terms  3mo  what is to be done next')
  expect(renderTable(noted, ['a/b'], 36, plain)[1]).toBe('a/b    terms  3mo  what is to be do…')
  expect(renderTable(noted, ['a/b'], 28, plain)[1]).toBe('a/b    terms  what is to be…')
  expect(renderTable(noted, ['a/b'], 20, plain)[1]).toBe('a/b    terms')
})

test('wide characters count as two columns', () => {
  expect(truncate('通义千问模型', 7)).toBe('通义千…')
  expect(renderTable(columns, ['通义', 'abcd'], 60, plain).map((line) => line.indexOf('terms'))).toEqual([-1, 5, 7])
})

test('no line is wider than the table', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[\w./-]{1,96}$/)), fc.integer({ min: 18, max: 160 }), (rows, width) => {
      for (const line of renderTable(columns, rows, width, plain)) expect(line.length).toBeLessThanOrEqual(width)
    }),
  )
})

test('quantities are short', () => {
  expect([0, 7, 999, 1000, 999_949, 999_950, 1_312_178, 8.03e9, 2e12].map(formatRough)).toEqual([
    '0',
    '7',
    '999',
    '1K',
    '999.9K',
    '1M',
    '1.3M',
    '8B',
    '2T',
  ])
  expect(formatRough(undefined)).toBe('?')
  expect([0, 1023, 1024, 16 * 1024 ** 3, 140.4 * 1024 ** 3].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '16.0 GiB',
    '140 GiB',
  ])
  const now = new Date('2026-11-23T12:00:00Z')
  expect(
    ['2026-11-23T11:59:30Z', '2026-11-23T11:00:00Z', '2026-11-22', '2026-08-01', 'nonsense', null].map((day) =>
      formatAge(day, now),
    ),
  ).toEqual(['now', '60min', '36h', '3mo', '?', '?'])
})

function told(isTerminal: boolean): string[] {
  let text = ''
  const err = { write: (part: string) => void (text += part), isTerminal, canRedraw: isTerminal, width: 40, height: 9 }
  const context = { err: { ...err, color: false }, verbose: false }
  printError(context, new UsageError('Cannot read this at all: it is longer than a line', 'see https://x.example/abc'))
  note(context, 'note: this line does not fit the screen either')
  return text.trimEnd().split('\n')
}

test('what is said to people breaks between words on a terminal, and nowhere else', () => {
  expect(told(true)).toEqual([
    'error: Cannot read this at all: it is',
    'longer than a line',
    'hint: see https://x.example/abc',
    'note: this line does not fit the screen',
    'either',
  ])
  expect(told(false)).toHaveLength(3)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { suggestIds } from '../../src/catalog/did-you-mean.ts'
import { mergeRecords, recordAsOf } from '../../src/catalog/merge.ts'
import { filtersThatEmptied } from '../../src/catalog/query.ts'
import type { Fact, ModelFacts, ModelRecord, RecordSource } from '../../src/catalog/record.ts'
import { type SearchState, searchCatalog, stateOf } from '../../src/catalog/search.ts'
import type { CatalogSource } from '../../src/catalog/source.ts'

function record(
  id: string,
  values: Partial<ModelFacts>,
  source: RecordSource = 'curated',
  asOf = '2026-05',
  formerIds: string[] = [],
): ModelRecord {
  const facts = Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, { value, source, asOf } satisfies Fact<unknown>]),
  )
  return { id, formerIds, facts, gateHistory: [] }
}

function source(name: RecordSource, answer: () => Promise<ModelRecord[]>): CatalogSource {
  return {
    name,
    isLocal: name !== 'live',
    asOf: undefined,
    search: async () => ({ records: await answer() }),
    find: () => Promise.resolve(undefined),
  }
}

const ids = (records: readonly ModelRecord[]): string[] => records.map(({ id }) => id)

describe('mergeRecords()', () => {
  test('keeps of each fact the newer, of two as new the live one', () => {
    const curated = record('a/b', { gated: 'auto', params: 8e9, downloads: 5 })
    const live = record('a/b', { gated: 'manual', downloads: 9 }, 'live', '2026-11-23T10:00:00.000Z')
    const merged = mergeRecords(curated, live)
    expect(merged.facts).toMatchObject({
      gated: { value: 'manual', source: 'live' },
      params: { value: 8e9, source: 'curated' },
      downloads: { value: 9 },
    })
    expect(merged.gateHistory).toEqual([{ gated: 'auto', asOf: '2026-05', evidence: 'curated' }])
    expect(
      mergeRecords(record('a/b', { likes: 1 }, 'curated', '2026'), record('a/b', { likes: 2 }, 'live', '2026')).facts
        .likes?.value,
    ).toBe(2)
  })

  test('does not let an old live answer replace what was seen later', () => {
    expect(
      mergeRecords(
        record('a/b', { likes: 1 }, 'live', '2026-01-01T00:00:00Z'),
        record('a/b', { likes: 2 }, 'curated', '2026-10'),
      ).facts.likes?.value,
    ).toBe(2)
  })

  test('gives the same whichever comes first, and of one record that record', () => {
    const any = fc.record({
      asOf: fc.constantFrom('2024', '2025-03', '2026-10-08', '2026-11-23T00:00:00Z'),
      from: fc.constantFrom<RecordSource>('curated', 'indexed', 'live'),
      likes: fc.nat(9),
      gated: fc.constantFrom(false, 'auto', 'manual'),
    })
    fc.assert(
      fc.property(any, any, (x, y) => {
        fc.pre(x.asOf !== y.asOf || x.from !== y.from)
        const [a, b] = [x, y].map(({ asOf, from, likes, gated }) =>
          record('a/b', { likes, gated: gated as 'auto' }, from, asOf),
        ) as [ModelRecord, ModelRecord]
        expect(mergeRecords(a, b)).toEqual(mergeRecords(b, a))
        expect(mergeRecords(a, a)).toEqual(a)
        expect(recordAsOf(mergeRecords(a, b))).toBe([x.asOf, y.asOf].toSorted().at(-1))
      }),
    )
  })
})

describe('stateOf()', () => {
  const records = [
    record('meta-llama/Llama-3.1-8B', { gated: 'manual', downloads: 5, params: 8e9, contextLength: 131_072 }),
    record('Qwen/Qwen3-8B', { gated: false, downloads: 9, params: 8e9 }, 'curated', '2026', ['Qwen/Old-Llama-Name']),
    record('acme/llama-tiny', { gated: 'auto', params: 1e9 }),
    record('acme/llama-mystery', {}),
  ]
  const search = (query: Parameters<typeof stateOf>[1]): SearchState => stateOf(records, query, [], [])

  test('finds all words anywhere in the id or a former one, whatever the case', () => {
    expect(ids(search({ text: 'LLAMA 8b' }).records)).toEqual(['meta-llama/Llama-3.1-8B'])
    expect(ids(search({ text: 'old-llama' }).records)).toEqual(['Qwen/Qwen3-8B'])
  })

  test('sorts unknown values last and equal ones by id, whatever order they came in', () => {
    const expected = ['Qwen/Qwen3-8B', 'meta-llama/Llama-3.1-8B', 'acme/llama-mystery', 'acme/llama-tiny']
    expect(ids(search({}).records)).toEqual(expected)
    expect(ids(stateOf(records.toReversed(), {}, [], []).records)).toEqual(expected)
  })

  test('passes no unknown fact through a filter about it', () => {
    expect(ids(search({ gate: 'public' }).records)).toEqual(['Qwen/Qwen3-8B'])
    expect(ids(search({ params: { max: 2e9 } }).records)).toEqual(['acme/llama-tiny'])
    expect(ids(search({ context: { min: 1 } }).records)).toEqual(['meta-llama/Llama-3.1-8B'])
  })

  test('says which filter emptied the list', () => {
    expect(search({ text: 'qwen', gate: 'approval' }).emptiedBy).toEqual(['text', 'gate'])
    expect(filtersThatEmptied({ text: 'nothing', gate: 'approval' }, records)).toEqual(['text'])
  })

  test('makes one row of two records whose names meet in a former id', () => {
    const state = stateOf(
      [...records, record('Qwen/Old-Llama-Name', { likes: 3 }, 'live', '2026-11-23T00:00:00Z')],
      { text: 'llama-name' },
      [],
      [],
    )
    expect(state.records).toHaveLength(1)
  })
})

describe('searchCatalog()', () => {
  test('gives what is local first, then the whole, and keeps it when the Hub fails', async () => {
    const local = source('curated', () => Promise.resolve([record('a/b', { gated: 'auto' })]))
    const states = await Array.fromAsync(
      searchCatalog(
        [local, source('live', () => new Promise((resolve) => setTimeout(resolve, 20, [record('a/c', {}, 'live')])))],
        {},
      ),
    )
    expect(states.map(({ records, pending }) => [ids(records), pending])).toEqual([
      [['a/b'], ['live']],
      [['a/b', 'a/c'], []],
    ])
    const failing = await Array.fromAsync(
      searchCatalog([local, source('live', () => Promise.reject(new Error('down')))], {}),
    )
    expect(failing.at(-1)).toMatchObject({
      records: [{ id: 'a/b' }],
      failures: [{ source: 'live', error: new Error('down') }],
    })
  })
})

test('suggestIds() finds a mistyped name, a forgotten owner and a wrong owner', () => {
  const known = ['meta-llama/Llama-3.1-8B-Instruct', 'Qwen/Qwen3-8B', 'openai/gpt-oss-20b']
  expect(suggestIds('meta-lama/Llama-3.1-8B-Instuct', known)[0]).toBe('meta-llama/Llama-3.1-8B-Instruct')
  expect(suggestIds('gpt-oss-20b', known)[0]).toBe('openai/gpt-oss-20b')
  expect(suggestIds('alibaba/qwen3-8b', known)[0]).toBe('Qwen/Qwen3-8B')
  expect(suggestIds('something/else-entirely', known)).toEqual([])
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinRecords } from '../../src/catalog/join-records.ts'
import type { ModelRecord } from '../../src/catalog/record.ts'
import { compareRecords } from '../../src/catalog/sort.ts'

function model(id: string, downloads?: number, formerIds: readonly string[] = []): ModelRecord {
  const fact = downloads === undefined ? {} : { downloads: { value: downloads, source: 'live', asOf: '2026' } as const }
  return { id, formerIds, facts: fact, gateHistory: [] }
}

const ids = (records: readonly ModelRecord[]): string[] => records.map(({ id }) => id)
const shown = [model('a/big', 100), model('a/mid', 50), model('a/small', 10)]

describe('joinRecords()', () => {
  test('puts a new row where the sort wants it, between rows that stay in their order', () => {
    const found = [model('x/60', 60), model('x/200', 200), model('x/1', 1), ...shown]
    expect(ids(joinRecords(shown, found, { hold: 'order' }))).toEqual([
      'x/200',
      'a/big',
      'x/60',
      'a/mid',
      'a/small',
      'x/1',
    ])
  })

  test('does not reshuffle rows shown, whatever fresher numbers say', () => {
    const fresher = [model('a/small', 1000), model('a/mid', 50), model('a/big', 100)]
    const joined = joinRecords(shown, fresher, { hold: 'order' })
    expect(ids(joined)).toEqual(ids(shown))
    expect(joined[2]).toBe(fresher[0])
  })

  test('keeps every row where it is for somebody who moves through the list', () => {
    const found = [model('x/200', 200), ...shown, model('x/300', 300)]
    expect(ids(joinRecords(shown, found, { hold: 'all' }))).toEqual(['a/big', 'a/mid', 'a/small', 'x/300', 'x/200'])
  })

  test('lets go of what matches no more, and of a second name of the same model', () => {
    const found = [model('new/big', 100, ['a/big', 'a/mid']), model('a/small', 10)]
    expect(ids(joinRecords(shown, found, { hold: 'order' }))).toEqual(['new/big', 'a/small'])
  })

  test('for any two lists: all that was found, once, rows shown in their order; sorted where they were', () => {
    const someModels = fc.uniqueArray(
      fc.record({ n: fc.nat(30), downloads: fc.option(fc.nat(20), { nil: undefined }) }),
      {
        selector: ({ n }) => n,
      },
    )
    fc.assert(
      fc.property(someModels, someModels, fc.constantFrom('all', 'order'), (one, other, hold) => {
        const before = one.map(({ n, downloads }) => model(`m/${n}`, downloads)).toSorted(compareRecords('downloads'))
        const found = other.map(({ n, downloads }) => model(`m/${n}`, downloads))
        const joined = joinRecords(before, found, { hold })
        expect(ids(joined).toSorted()).toEqual(ids(found).toSorted())
        const place = new Map(ids(joined).map((id, index) => [id, index]))
        const places = ids(before).flatMap((id) => place.get(id) ?? [])
        expect(places).toEqual(places.toSorted((a, b) => a - b))
        if (hold === 'all') expect(places).toEqual(places.map((_, index) => index))
        const isUnchanged = found.every(({ id, facts }) => {
          const known = before.find((record) => record.id === id)
          return known === undefined || known.facts.downloads?.value === facts.downloads?.value
        })
        if (hold === 'order' && isUnchanged) expect(joined).toEqual(found.toSorted(compareRecords('downloads')))
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { affineBijection } from '../../src/models/bijection.ts'
import { createSyntheticModels, MAX_SYNTHETIC_MODELS, sortKeys } from '../../src/models/synthetic.ts'

const sizes = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 51, max: MAX_SYNTHETIC_MODELS }))

describe('affineBijection()', () => {
  test('gives every number once, at every size and salt', () => {
    for (let size = 1; size <= 300; size += 1)
      for (let salt = 0; salt < sortKeys.length; salt += 1) {
        const { forward } = affineBijection(size, salt)
        expect(new Set(Array.from({ length: size }, (_, value) => forward(value))).size).toBe(size)
      }
  })

  test('is undone by its way back, to the largest size without a rounding error', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 0, max: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (size, salt, at) => {
          const value = Math.min(size - 1, Math.floor(at * size))
          const { forward, backward } = affineBijection(size, salt)
          expect(backward(forward(value))).toBe(value)
          // The same product in whole numbers without bounds.
          const [zero, one] = [forward(0), forward(1 % size)]
          const factor = BigInt((one - zero + size) % size)
          expect(BigInt(forward(value))).toBe((factor * BigInt(value) + BigInt(zero)) % BigInt(size))
        },
      ),
    )
  })
})

describe('createSyntheticModels()', () => {
  test.each(sortKeys)('orders by %s: strictly, each row once, and each value is the one its model shows', (sort) => {
    for (const size of [1, 2, 7, 1000, 4099]) {
      const models = createSyntheticModels(size)
      const rows = Array.from({ length: size }, (_, rank) => models.rowAtRank(sort, rank))
      expect(new Set(rows).size).toBe(size)
      const values = rows.map((row) => {
        const model = models.modelAt(row)
        return sort === 'num_parameters' ? (model.params ?? 0) : model[sort]
      })
      for (let rank = 1; rank < size; rank += 1) {
        const [before = 0, value = 0] = [values[rank - 1], values[rank]]
        expect(sort === 'id' ? before < value : before > value).toBe(true)
      }
    }
  })

  test.each(sortKeys.filter((sort) => sort !== 'id'))('keeps %s strict among three millions', (sort) => {
    const models = createSyntheticModels(MAX_SYNTHETIC_MODELS)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_SYNTHETIC_MODELS - 1 }), (rank) => {
        expect(models.valueAtRank(sort, rank - 1)).toBeGreaterThan(models.valueAtRank(sort, rank))
      }),
    )
  })

  test('finds a row again by the id and by the key of its model, and nothing by others', () => {
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (size, at) => {
        const models = createSyntheticModels(size)
        const row = Math.min(size - 1, Math.floor(at * size))
        const { id, key } = models.modelAt(row)
        expect([models.rowOf(id), models.rowOfKey(key)]).toEqual([row, row])
        expect(key).toMatch(/^[0-9a-f]{24}$/)
        expect(models.rowOf(`${id}x`)).toBeUndefined()
      }),
    )
  })

  test('never changes a model before it was made', () => {
    const models = createSyntheticModels(5000)
    for (let row = 0; row < 5000; row += 1) {
      const { createdAt, lastModified } = models.modelAt(row)
      expect(lastModified).toBeGreaterThan(createdAt)
    }
  })

  test.each([-1, 1.5, MAX_SYNTHETIC_MODELS + 1, Number.NaN])('refuses %s models', (size) => {
    expect(() => createSyntheticModels(size)).toThrow(RangeError)
  })
})

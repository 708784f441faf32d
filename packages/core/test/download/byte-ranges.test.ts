import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteRanges } from '../../src/download/byte-ranges.ts'
import { ChunkQueue } from '../../src/download/chunk-queue.ts'
import { Piece } from '../../src/download/piece.ts'
import type { ByteRange } from '../../src/hub/open-range.ts'

const SIZE = 60
const aRange = fc
  .tuple(fc.nat(SIZE), fc.nat(SIZE))
  .map(([one, other]): ByteRange => ({ start: Math.min(one, other), end: Math.max(one, other) }))

test('ByteRanges knows of every byte whether it is there, however ranges meet and overlap', () => {
  fc.assert(
    fc.property(fc.array(aRange, { maxLength: 12 }), (added) => {
      const ranges = new ByteRanges(added)
      const there = Array.from({ length: SIZE }, (_, at) => added.some(({ start, end }) => start <= at && at < end))
      const told = Array.from({ length: SIZE }, (_, at) =>
        [...ranges].some(({ start, end }) => start <= at && at < end),
      )
      expect(told).toEqual(there)
      expect(ranges.sizeBytes).toBe(there.filter(Boolean).length)
      const firstMissing = there.indexOf(false)
      expect(ranges.prefixEnd).toBe(firstMissing < 0 ? SIZE : firstMissing)
      const missing = new ByteRanges(ranges.missing(SIZE))
      expect(missing.sizeBytes).toBe(SIZE - ranges.sizeBytes)
      // Neither touching nor overlapping, in order.
      const list = [...ranges]
      for (const [index, range] of list.entries()) expect(range.start).toBeGreaterThan(list[index - 1]?.end ?? -1)
    }),
  )
})

test('ChunkQueue hands out every missing byte once, from the start on, in few large pieces and then smaller ones', () => {
  fc.assert(
    fc.property(fc.array(aRange, { maxLength: 8 }), fc.integer({ min: 1, max: 8 }), (added, lanes) => {
      const missing = new ByteRanges(added).missing(SIZE)
      const queue = new ChunkQueue(missing, { lanes, minChunkBytes: 4, maxChunkBytes: 16 })
      const taken: Piece[] = []
      for (let chunk = queue.take(); chunk !== undefined; chunk = queue.take()) {
        taken.push(chunk)
        queue.learn(chunk, { isAhead: chunk.start % 3 === 0 })
      }
      expect(queue.isEmpty).toBe(true)
      expect([...new ByteRanges(taken)]).toEqual([...new ByteRanges(missing)])
      expect(taken.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(new ByteRanges(missing).sizeBytes)
      expect(taken.toSorted((a, b) => a.start - b.start)).toEqual(taken)
      expect(taken.every(({ start, end }) => end - start < 16 + 2)).toBe(true)
    }),
  )
})

test('ChunkQueue asks for more at once while the line is the slow part, and for little as soon as we are', () => {
  const queue = new ChunkQueue([{ start: 0, end: 100_000 }], { lanes: 2, minChunkBytes: 10, maxChunkBytes: 160 })
  const sizes = (count: number, isAhead: boolean): number[] =>
    Array.from({ length: count }, () => {
      const chunk = queue.take() ?? new Piece({ start: 0, end: 0 }, 0)
      queue.learn(chunk, { isAhead })
      return chunk.end - chunk.start
    })
  expect(sizes(6, false)).toEqual([10, 20, 40, 80, 160, 160])
  expect(sizes(3, true)).toEqual([160, 40, 10])
  // A piece that was asked for before says nothing about the new size.
  const [early, late] = [queue.take(), queue.take()]
  for (const chunk of [early, late]) queue.learn(chunk ?? new Piece({ start: 0, end: 0 }, 0), { isAhead: false })
  expect(sizes(1, false)).toEqual([20])
})

test('ChunkQueue takes half of a piece away that is long in coming, once nothing else is left', () => {
  const queue = new ChunkQueue([{ start: 0, end: 4_000_000 }], { lanes: 2, minChunkBytes: 2_000_000 })
  const [quick, slow] = [queue.take(), queue.take()]
  expect(queue.take()).toBeUndefined()
  quick?.advance(1_999_000)
  slow?.advance(1)
  expect(queue.splitSlow()).toBe(false)
  expect(queue.splitSlow(performance.now() + 10_000)).toBe(true)
  const half = queue.take()
  expect(half).toMatchObject({ start: 3_000_001, end: 4_000_000 })
  expect(slow).toMatchObject({ end: 3_000_001, leftBytes: 1_000_000 })
  // What still comes of it belongs to the other.
  expect(slow?.advance(1_500_000)).toEqual({ position: 2_000_001, own: 1_000_000 })
  for (const piece of [quick, slow, half]) if (piece !== undefined) queue.end(piece)
  expect(queue.splitSlow(performance.now() + 10_000)).toBe(false)
})

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
      const queue = new ChunkQueue(missing, { lanes, crashBytes: 8, minChunkBytes: 4, maxChunkBytes: 16 })
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
  const options = { lanes: 2, crashBytes: 40, minChunkBytes: 10, maxChunkBytes: 320 }
  const queue = new ChunkQueue([{ start: 0, end: 100_000 }], options)
  const sizes = (count: number, isAhead: boolean): number[] =>
    Array.from({ length: count }, () => {
      const chunk = queue.take() ?? new Piece({ start: 0, end: 0 }, 0)
      queue.learn(chunk, { isAhead })
      queue.end(chunk)
      return chunk.sizeBytes
    })
  expect(sizes(6, false)).toEqual([20, 40, 80, 160, 320, 320])
  expect(sizes(4, true)).toEqual([320, 80, 20, 20])
  // A piece that was asked for before says nothing about the new size.
  expect(sizes(2, false)).toEqual([20, 40])
  const small = new Piece({ start: 0, end: 20 }, 0)
  queue.learn(small, { isAhead: false })
  expect(sizes(1, false)).toEqual([80])
})

test('ChunkQueue has no more on its way than a crash may cost, as long as we are the slow part', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(11), { maxLength: 60 }), (lanes, ends) => {
      const options = { lanes, crashBytes: 4000, minChunkBytes: 100, maxChunkBytes: 1e6 }
      const queue = new ChunkQueue([{ start: 0, end: 1_000_000 }], options)
      const active: Piece[] = []
      const takeUp = (): void => {
        while (active.length < lanes) active.push(queue.take() ?? expect.fail('all is taken'))
      }
      takeUp()
      for (const end of ends) {
        for (const piece of active.splice(end % lanes, 1)) {
          queue.learn(piece, { isAhead: true })
          queue.end(piece)
        }
        takeUp()
        const onItsWay = active.reduce((sum, { leftBytes }) => sum + leftBytes, 0)
        expect(onItsWay).toBeLessThanOrEqual(4000 + lanes * 150)
      }
    }),
  )
})

test('ChunkQueue takes half of a piece away that is long in coming, once nothing else is left', () => {
  const queue = new ChunkQueue([{ start: 0, end: 4_000_000 }], {
    lanes: 2,
    crashBytes: 4_000_000,
    minChunkBytes: 2_000_000,
  })
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

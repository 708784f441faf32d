import { expect, test } from 'vitest'
import { ByteLimiter } from '../../src/download/byte-limiter.ts'
import { ConnectionBudget } from '../../src/download/connection-budget.ts'
import type { Permit } from '../../src/download/permit-queue.ts'

/** A line whose speed depends on how many connections share it, lived through in steps of 100 ms. */
async function liveThrough(
  bytesPerSecond: (connections: number) => number,
  seconds: number,
  isAhead: (connections: number) => boolean = () => false,
): Promise<ConnectionBudget> {
  let now = 0
  const budget = new ConnectionBudget({ nowMs: () => now })
  for (let index = 0; index < 64; index += 1) void budget.acquire({ rank: 0 })
  for (; now < seconds * 1000; now += 100) {
    const bytes = bytesPerSecond(budget.target) / 10
    budget.learn(bytes, { isAhead: isAhead(budget.target) })
    budget.count(bytes)
  }
  return Promise.resolve(budget)
}

test('ConnectionBudget takes as many connections as make the whole faster', async () => {
  expect((await liveThrough((connections) => connections * 20e6, 5)).target).toBe(16)
})

test('ConnectionBudget keeps to what the line gives: more connections than it carries are given back', async () => {
  expect((await liveThrough((connections) => Math.min(connections, 4) * 20e6, 5)).target).toBe(4)
  expect((await liveThrough((connections) => Math.min(connections, 7) * 20e6, 5)).target).toBe(8)
})

const always = (): boolean => true

test('ConnectionBudget gives connections back where the line is ahead of us, unless that makes the whole slower', async () => {
  expect((await liveThrough(() => 900e6, 5, always)).target).toBe(2)
  expect((await liveThrough((connections) => Math.min(connections, 4) * 200e6, 5, always)).target).toBe(4)
  expect(
    (
      await liveThrough(
        (connections) => connections * 20e6,
        5,
        (connections) => connections > 8,
      )
    ).target,
  ).toBe(16)
})

test('ConnectionBudget halves when the Hub asks to slow down', () => {
  let now = 0
  const budget = new ConnectionBudget({ startConnections: 16, nowMs: () => now })
  // One limit, that all sixteen run into.
  for (let index = 0; index < 16; index += 1) budget.slowDown()
  expect(budget.target).toBe(8)
  for (now = 1000; now < 10_000; now += 1000) budget.slowDown()
  expect(budget.target).toBe(1)
})

test('ConnectionBudget lets small files have many connections, and half of them when the Hub asks to slow down', async () => {
  let now = 0
  const budget = new ConnectionBudget({ maxSmallConnections: 64, nowMs: () => now })
  for (let index = 0; index < 100; index += 1) void budget.acquire({ rank: 0, isSmall: true })
  expect(budget.used).toBe(64)
  const slowed = new ConnectionBudget({ maxSmallConnections: 64, nowMs: () => now })
  slowed.slowDown()
  for (let index = 0; index < 100; index += 1) void slowed.acquire({ rank: 0, isSmall: true })
  expect(slowed.used).toBe(32)
  for (; now < 12_000; now += 100) slowed.count(1)
  await Promise.resolve()
  expect(slowed.used).toBe(64)
})

test('ConnectionBudget serves the lowest rank first, small files beyond the target, and nobody who gave up', async () => {
  const budget = new ConnectionBudget({ startConnections: 1, maxConnections: 2, maxSmallConnections: 2 })
  const first = await budget.acquire({ rank: 5 })
  const served: string[] = []
  const ask = (name: string, rank: number, options: { isSmall?: boolean; signal?: AbortSignal } = {}): Promise<void> =>
    budget.acquire({ rank, ...options }).then(
      (permit: Permit) => (served.push(name), permit.release()),
      () => void served.push(`${name} gave up`),
    )
  const abort = new AbortController()
  const asked = [
    ask('late', 9),
    ask('early', 1),
    ask('gone', 0, { signal: abort.signal }),
    ask('small', 7, { isSmall: true }),
  ]
  abort.abort()
  await asked[3]
  first.release()
  await Promise.all(asked)
  expect(served.toSorted()).toEqual(['early', 'gone gave up', 'late', 'small'])
  expect(served.indexOf('early')).toBeLessThan(served.indexOf('late'))
  expect(budget.used).toBe(0)
})

test('ConnectionBudget gives each of several downloads as many connections, whatever the rank of its files', async () => {
  const budget = new ConnectionBudget({ startConnections: 4, maxConnections: 4 })
  const served: string[] = []
  const ask = (name: string, one: ReturnType<ConnectionBudget['share']>, rank: number): void =>
    void one.acquire({ rank }).then((permit) => (served.push(name), permits.push(permit)))
  const permits: Permit[] = []
  const [first, second] = [budget.share(), budget.share()]
  for (let index = 0; index < 6; index += 1) ask('first', first, 0)
  await new Promise(setImmediate)
  expect(served).toEqual(['first', 'first', 'first', 'first'])
  for (let index = 0; index < 6; index += 1) ask('second', second, 30)
  for (const permit of permits.slice()) permit.release()
  await new Promise(setImmediate)
  expect(served.slice(4).toSorted()).toEqual(['first', 'first', 'second', 'second'])
  expect(budget.used).toBe(4)
})

test('ConnectionBudget slows all downloads down when one of them is asked to', async () => {
  const budget = new ConnectionBudget({ startConnections: 8 })
  const [first, second] = [budget.share(), budget.share()]
  first.slowDown()
  for (let index = 0; index < 8; index += 1) void second.acquire({ rank: 0 })
  expect(budget.used).toBe(4)
  await Promise.resolve()
})

test('ConnectionBudget judges nothing by a time when nobody had a connection', async () => {
  let now = 0
  const budget = new ConnectionBudget({ nowMs: () => now })
  const permits = await Promise.all(Array.from({ length: 4 }, () => budget.acquire({ rank: 0 })))
  const waiting = Array.from({ length: 60 }, () => budget.acquire({ rank: 0 }))
  for (; now < 700; now += 100) budget.count(1e6)
  const { target } = budget
  expect(target).toBeGreaterThan(4)
  for (const permit of permits) permit.release()
  for (const permit of await Promise.all(waiting.map(async (one) => one.then((each) => (each.release(), each)))))
    permit.release()
  expect(budget.used).toBe(0)
  now += 3_600_000
  await budget.acquire({ rank: 0 })
  budget.count(1)
  expect(budget.target).toBe(target)
})

test('ByteLimiter lets the bytes of all pass at its rate, and one who gives up goes at once', async () => {
  const limiter = new ByteLimiter(1_000_000)
  const begun = performance.now()
  await Promise.all(Array.from({ length: 4 }, () => limiter.take(50_000)))
  // The last of them waits for those before it; no upper bound, since machines are slow.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(145)
  void limiter.take(1e9)
  await expect(limiter.take(1, AbortSignal.timeout(5))).rejects.toThrow('abort')
  expect(() => new ByteLimiter(0)).toThrow(RangeError)
})

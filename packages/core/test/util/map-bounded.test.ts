import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { mapBounded } from '../../src/util/map-bounded.ts'

test('mapBounded() gives answers in the order of the items, so many under way at once and no more', async () => {
  let [underWay, most] = [0, 0]
  const answers = await mapBounded([30, 5, 20, 1, 10, 2], 3, async (ms) => {
    underWay += 1
    most = Math.max(most, underWay)
    await sleep(ms)
    underWay -= 1
    return `${ms} ms`
  })
  expect(answers).toEqual(['30 ms', '5 ms', '20 ms', '1 ms', '10 ms', '2 ms'])
  expect(most).toBe(3)
})

test('mapBounded() begins nothing after the first failure, and throws it once all has ended', async () => {
  const ended: number[] = []
  const begun: number[] = []
  const running = mapBounded([1, 2, 3, 4], 2, async (item) => {
    begun.push(item)
    if (item === 1) throw new Error('the first')
    await sleep(20)
    ended.push(item)
    throw new Error('another')
  })
  await expect(running).rejects.toThrow('the first')
  expect({ begun, ended }).toEqual({ begun: [1, 2], ended: [2] })
})

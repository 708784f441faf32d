import { describe, expect, test } from 'vitest'
import { HubClient, type HubWait } from '../../src/hub/client.ts'
import { callKind, Pace } from '../../src/hub/pace.ts'
import { json, startLocalHub } from './local-hub.ts'

const limit = (remaining: number, resetSeconds: number, bucket = 'api') => ({
  bucket,
  remaining,
  resetSeconds,
  quota: undefined,
  windowSeconds: undefined,
})

describe('Pace', () => {
  test('lets calls go while something is left, and then says how long to wait', () => {
    const pace = new Pace()
    expect(pace.take('api', 0)).toBe(0)
    pace.learn('api', limit(2, 10), 0)
    expect([pace.take('api', 1000), pace.take('api', 1000), pace.take('api', 1000)]).toEqual([0, 0, 10_000])
    expect(pace.take('api', 10_000)).toBe(0)
  })

  test('counts a bucket for all kinds of calls that were seen to share it, and for no others', () => {
    const pace = new Pace()
    pace.learn('api', limit(0, 10), 0)
    pace.learn('/api/models', limit(0, 10), 0)
    expect(pace.take('/api/models', 0)).toBeGreaterThan(0)
    expect(pace.take('resolve', 0)).toBe(0)
  })

  test('takes the lowest count of answers that overtook each other, and a new window for a new one', () => {
    const pace = new Pace()
    pace.learn('api', limit(0, 10), 0)
    pace.learn('api', limit(1, 10), 50)
    expect(pace.take('api', 100)).toBeGreaterThan(0)
    pace.learn('api', limit(500, 300), 10_500)
    expect(pace.take('api', 10_600)).toBe(0)
  })

  test('knows the kinds of calls by their paths', () => {
    expect(['/api/models', '/api/models/a/b', '/api/whoami-v2', '/a/b/resolve/main/x', '/a/b'].map(callKind)).toEqual([
      '/api/models',
      'api',
      '/api/whoami-v2',
      'resolve',
      'page',
    ])
  })
})

describe('HubClient', () => {
  test('waits for the next window rather than being refused, and says so', async () => {
    await using hub = await startLocalHub((_, response) => json(response, {}, 200, { ratelimit: '"api";r=0;t=1' }))
    const waits: HubWait[] = []
    await using client = new HubClient(hub.settings(), { onWait: (wait) => void waits.push(wait) })
    await client.send({ path: '/api/models/a/b' })
    expect(waits).toEqual([])
    await client.send({ path: '/api/models/a/c' })
    expect(waits).toEqual([{ reason: 'rate-limit', delayMs: expect.any(Number) as number, status: undefined }])
  })

  test('asks all the same where the wait is longer than a call may take', async () => {
    await using hub = await startLocalHub((_, response) => json(response, {}, 200, { ratelimit: '"api";r=0;t=300' }))
    await using client = new HubClient(hub.settings(), { maxWaitMs: 0 })
    for (const path of ['/api/models/a/b', '/api/models/a/c']) await client.send({ path })
    expect(hub.requests).toHaveLength(2)
  })
})

import { expect, test } from 'vitest'
import { parseRateLimit, retryAfterMs } from '../../src/hub/rate-limit.ts'
import { retryDelayMs } from '../../src/hub/retry.ts'

test('parseRateLimit() reads the pair that is on every answer', () => {
  expect(parseRateLimit('"api";r=489;t=189', '"fixed window";"api";q=500;w=300')).toEqual({
    bucket: 'api',
    remaining: 489,
    resetSeconds: 189,
    quota: 500,
    windowSeconds: 300,
  })
  expect(parseRateLimit('nonsense', undefined)).toBeUndefined()
})

test('retryAfterMs() trusts the pair only when nothing remains, and reads both forms of Retry-After', () => {
  const now = new Date('2026-11-23T12:00:00Z')
  const limit = parseRateLimit('"api";r=0;t=5', undefined)
  expect(retryAfterMs(limit, '60', now)).toBe(6000)
  expect(retryAfterMs(limit && { ...limit, remaining: 3 }, '60', now)).toBe(61_000)
  expect(retryAfterMs(undefined, 'Mon, 23 Nov 2026 12:00:10 GMT', now)).toBe(11_000)
  expect(retryAfterMs(undefined, undefined, now)).toBeUndefined()
})

test('retryDelayMs() tries again only what can succeed', () => {
  const once = { attempt: 1, retryAfterMs: undefined }
  expect(retryDelayMs({ ...once, failure: 503 })).toBe(500)
  expect(retryDelayMs({ ...once, failure: 429, retryAfterMs: 7000 })).toBe(7000)
  expect([404, 501, 'timeout'].map((failure) => retryDelayMs({ ...once, failure: failure as number }))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(retryDelayMs({ attempt: 5, failure: 503, retryAfterMs: undefined })).toBeUndefined()
})

import { describe, expect, test } from 'vitest'
import { clockSkewMs } from '../../src/hub/clock-skew.ts'
import { recogniseHub } from '../../src/hub/recognise-hub.ts'

const limit = { ratelimit: '"api";r=489;t=189' }

describe('recogniseHub()', () => {
  test.each([
    ['hub', '[{"id":"a/b"}]', { 'x-request-id': 'Root=1' }, 200],
    ['hub', '[]', limit, 200],
    ['like-hub', '[{"id":"a/b"}]', {}, 200],
    ['page', '<html>', { ...limit }, 200],
    ['page', 'Welcome', { 'content-type': 'text/html; charset=utf-8' }, 200],
    ['other', '{"error":"no"}', limit, 404],
    ['other', '[{"id":"a/b"}]', limit, 500],
    ['other', '[{"id":"../x"}]', limit, 200],
    ['other', '[1,2]', limit, 200],
    ['other', '[{"id":"a/b"', limit, 200],
    ['other', '', {}, 200],
  ])('finds %s in %j with %j and %i', (likeness, body, headers, status) => {
    const answer = { url: 'https://hub.example/api/models', redirectedFrom: undefined, status, headers, body }
    expect(recogniseHub(answer)).toBe(likeness)
  })
})

describe('clockSkewMs()', () => {
  const call = { askedAt: new Date('2026-10-10T12:00:00Z'), answeredAt: new Date('2026-10-10T12:00:02Z') }

  test.each([
    ['Sat, 10 Oct 2026 12:00:01 GMT', 0],
    ['Sat, 10 Oct 2026 11:50:01 GMT', 600_000],
    ['Sat, 10 Oct 2026 12:10:01 GMT', -600_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads %s as %s ms ahead', (date, skew) => {
    expect(clockSkewMs(date, call)).toBe(skew)
  })
})

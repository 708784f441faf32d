import { expect, test } from 'vitest'
import { type FailedJob, judgeFailure } from '../../../src/download/queue/job-outcome.ts'
import { HubgateError } from '../../../src/errors.ts'

const refusal = {
  url: 'https://huggingface.co/x',
  status: 403,
  hubCode: 'GatedRepo',
  hubMessage: 'no',
  requestId: undefined,
}
const noon = new Date('2026-11-24T12:00:00Z')

function judge(error: unknown, more: Partial<FailedJob> = {}): ReturnType<typeof judgeFailure> {
  return judgeFailure({ error, attempts: 0, whenGranted: true, earlier: undefined, now: noon, ...more })
}

function refused(state: string): HubgateError {
  return new HubgateError('ERR_ACCESS_REFUSED', 'Cannot fetch', {
    ...refusal,
    modelId: 'a/b',
    state,
    nextStep: undefined,
  })
}

test.each(['terms', 'approval', 'pending', 'reset'])('judgeFailure() waits at a gate that can open: %s', (state) => {
  expect(judge(refused(state))).toMatchObject({
    to: 'waiting-access',
    restMs: 5000,
    detail: { code: 'ERR_ACCESS_REFUSED', state, since: noon.toISOString() },
  })
  expect(judge(refused(state), { whenGranted: false })).toMatchObject({ to: 'failed' })
})

test.each(['rejected', 'hidden', 'disabled', 'sign-in', 'token-invalid', 'token-scope'])(
  'judgeFailure() does not wait for what does not come by waiting: %s',
  (state) => {
    expect(judge(refused(state))).toMatchObject({ to: 'failed', detail: { code: 'ERR_ACCESS_REFUSED' } })
  },
)

test('judgeFailure() looks often for two minutes, then ever more rarely', () => {
  let earlier: string | undefined
  let now = noon.getTime()
  const rests: number[] = []
  for (let n = 0; n < 34; n += 1) {
    const failure = judge(refused('pending'), { earlier, now: new Date(now) })
    if (failure.to !== 'waiting-access') throw new Error(failure.to)
    rests.push(failure.restMs)
    now += failure.restMs
    earlier = JSON.stringify(failure.detail)
  }
  expect(new Set(rests.slice(0, 24))).toEqual(new Set([5000]))
  expect(rests.slice(24, 28)).toEqual([7500, 11_250, 16_875, 25_312.5])
  expect(rests.at(-1)).toBe(60_000)
})

test.each([
  new HubgateError('ERR_HUB_UNREACHABLE', 'x', { endpoint: 'https://huggingface.co' }),
  new HubgateError('ERR_HUB_STATUS', 'x', { ...refusal, status: 503 }),
  new HubgateError('ERR_RATE_LIMITED', 'x', { ...refusal, status: 429, retryAfterMs: undefined }),
])('judgeFailure() puts off what passes, ever longer, and gives up in the end', (error) => {
  expect(judge(error)).toMatchObject({ to: 'queued', restMs: 15_000 })
  expect(judge(error, { attempts: 3 })).toMatchObject({ to: 'queued', restMs: 120_000 })
  expect(judge(error, { attempts: 7 })).toMatchObject({ to: 'queued', restMs: 900_000 })
  expect(judge(error, { attempts: 8 })).toMatchObject({ to: 'failed' })
})

test('judgeFailure() waits at least as long as the Hub asked', () => {
  const error = new HubgateError('ERR_RATE_LIMITED', 'x', { ...refusal, retryAfterMs: 300_000 })
  expect(judge(error)).toMatchObject({ to: 'queued', restMs: 300_000 })
  const absurd = new HubgateError('ERR_RATE_LIMITED', 'x', { ...refusal, retryAfterMs: 1e18 })
  expect(judge(absurd)).toMatchObject({ to: 'queued', restMs: 3_600_000 })
})

test.each([
  new HubgateError('ERR_INTEGRITY', 'x', { path: 'a', expected: '1', actual: '2' }),
  new HubgateError('ERR_HUB_STATUS', 'x', { ...refusal, status: 400 }),
  new TypeError('a mistake of ours'),
  'not even an error',
])('judgeFailure() fails with the rest, and keeps why', (error) => {
  const failure = judge(error)
  expect(failure.to).toBe('failed')
  expect(failure.detail.message).toBe(error instanceof Error ? error.message : error)
})

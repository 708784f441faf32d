import type { RateLimit } from '@hubgate/core/hub'
import type { Check, Checkup } from './checkup.ts'
import { type Finding, isWell, toMend, worthKnowing } from './finding.ts'

/** How many calls the Hub will still answer, as it says itself. */
export const rateLimits: Check = {
  name: 'rate limit',
  async look(checkup) {
    const limits = await checkup.rateLimits().catch(() => checkup.knownRateLimits())
    if (limits.length === 0) return [worthKnowing('rate limit', 'not known: the Hub did not say')]
    return limits.map((limit) => judge(limit, checkup))
  },
}

function judge({ bucket, remaining, quota, windowSeconds, resetSeconds }: RateLimit, { settings }: Checkup): Finding {
  const of = quota === undefined ? '' : ` of ${quota}`
  const window = windowSeconds === undefined ? '' : ` in ${windowSeconds} s`
  const text = `${bucket}: ${remaining}${of} calls left${window}, anew in ${resetSeconds} s`
  if (remaining > 0) return isWell('rate limit', text)
  const more = settings.token === undefined ? '; with a token the Hub allows more' : ''
  return toMend('rate limit', text, `wait ${resetSeconds} s${more}`)
}

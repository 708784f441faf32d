import { clockSkewMs, MAX_CLOCK_SKEW_MS } from '@hubgate/core/hub'
import type { Check } from './checkup.ts'
import { isWell, toMend, worthKnowing } from './finding.ts'

/** Does this machine's clock go as the Hub's? Certificates and signed addresses lean on it. */
export const clock: Check = {
  name: 'clock',
  async look(checkup) {
    const call = await checkup.firstCall().catch(() => undefined)
    const skewMs = call && clockSkewMs(call.answer.headers['date'], call)
    if (skewMs === undefined) return [worthKnowing('clock', 'not known: no answer that tells the time')]
    const apart = describe(Math.abs(skewMs))
    const text = `${apart} ${skewMs > 0 ? 'ahead of' : 'behind'} the Hub's`
    if (Math.abs(skewMs) <= MAX_CLOCK_SKEW_MS) return [isWell('clock', Math.abs(skewMs) < 2000 ? "as the Hub's" : text)]
    return [
      toMend('clock', `this machine's clock is ${text}`, 'set it: `timedatectl set-ntp true`, or your system settings'),
    ]
  },
}

function describe(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}

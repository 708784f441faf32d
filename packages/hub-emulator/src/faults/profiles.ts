import type { FaultRule } from './fault.ts'

export const faultProfiles = ['none', 'light', 'heavy'] as const
export type FaultProfile = (typeof faultProfiles)[number]

/** Faults as a day on the net brings them. The same seed brings the same ones. */
export function rulesOfProfile(profile: FaultProfile, seed = 1): FaultRule[] {
  switch (profile) {
    case 'none':
      return []
    case 'light':
      return seeded(seed, [
        { when: { probability: 0.5 }, fault: { kind: 'latency', ms: 5, jitterMs: 40 } },
        { when: { probability: 0.01 }, fault: { kind: 'status', status: 503 } },
        {
          when: { host: 'hub', probability: 0.01 },
          fault: { kind: 'status', status: 429, limiter: 'other', retryAfter: 1 },
        },
        { when: { host: 'cdn', probability: 0.02 }, fault: { kind: 'cut', afterBytes: 200_000 } },
        { when: { host: 'cdn', probability: 0.01 }, fault: { kind: 'expired' } },
      ])
    case 'heavy':
      return seeded(seed, [
        { fault: { kind: 'latency', ms: 10, jitterMs: 150 } },
        { when: { probability: 0.05 }, fault: { kind: 'status', status: 502 } },
        { when: { probability: 0.05 }, fault: { kind: 'status', status: 503 } },
        { when: { probability: 0.03 }, fault: { kind: 'reset' } },
        {
          when: { host: 'hub', probability: 0.05 },
          fault: { kind: 'status', status: 429, limiter: 'other', retryAfter: 1 },
        },
        { when: { host: 'cdn', probability: 0.1 }, fault: { kind: 'cut', afterBytes: 50_000 } },
        { when: { host: 'cdn', probability: 0.05 }, fault: { kind: 'short', missingBytes: 1 } },
        { when: { host: 'cdn', probability: 0.05 }, fault: { kind: 'expired' } },
        { when: { host: 'cdn', probability: 0.05 }, fault: { kind: 'ignore-range' } },
        { when: { host: 'cdn', probability: 0.02 }, fault: { kind: 'corrupt' } },
        { when: { probability: 0.01 }, fault: { kind: 'hang-body', afterBytes: 10_000 } },
      ])
  }
}

function seeded(seed: number, rules: readonly FaultRule[]): FaultRule[] {
  return rules.map(({ when, fault }, index) => ({ when: { ...when, seed: seed * 1000 + index }, fault }))
}

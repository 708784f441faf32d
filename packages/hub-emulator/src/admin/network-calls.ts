import type { FaultRule } from '../faults/fault.ts'
import { type FaultProfile, rulesOfProfile } from '../faults/profiles.ts'
import type { Host } from '../http/host.ts'
import type { Origin } from '../http/origin.ts'
import type { RateLimitOptions } from '../http/rate-limits.ts'
import type { LogEntry } from '../http/request-log.ts'
import type { Hub } from '../hub.ts'

/** How the Hub behaves on the wire, and what it saw there. */
export interface NetworkCalls {
  /** In place of all faults before, and with their counts at zero. @throws {z.ZodError} for a rule that makes no sense */
  setFaults(of: { readonly rules: readonly FaultRule[] }): void
  setProfile(of: { readonly profile: FaultProfile; readonly seed?: number }): void
  /** Forgets what was counted so far. */
  setRateLimits(options: RateLimitOptions): void
  /** Life of the CDN addresses signed from now on. */
  setSignatureSeconds(of: { readonly seconds: number }): void
  /** Shifts the Hub's clock: its dates, windows and signatures. */
  setClock(of: { readonly offsetMs: number }): void
  /** Tears down connections and refuses new ones, until `accept`. */
  refuse(of: { readonly host: Host }): Promise<void>
  accept(of: { readonly host: Host }): Promise<void>
  requests(filter?: { readonly host?: Host; readonly route?: string; readonly modelId?: string }): LogEntry[]
  clearLog(): void
}

export function createNetworkCalls(hub: Hub, origins: Readonly<Record<Host, Origin>>): NetworkCalls {
  return {
    setFaults: ({ rules }) => hub.faults.set(rules),
    setProfile: ({ profile, seed }) => hub.faults.set(rulesOfProfile(profile, seed)),
    setRateLimits: (options) => hub.limits.set(options),
    setSignatureSeconds({ seconds }) {
      hub.signer.lifeSeconds = seconds
    },
    setClock({ offsetMs }) {
      hub.clock.offsetMs = offsetMs
    },
    refuse: ({ host }) => origins[host].refuse(),
    accept: ({ host }) => origins[host].accept(),
    requests: (filter) => hub.log.entries(filter),
    clearLog: () => hub.log.clear(),
  }
}

import type { Host } from '../http/host.ts'
import type { Origin } from '../http/origin.ts'
import { createHub, type Hub } from '../hub.ts'
import { createModelCalls, type ModelCalls } from './model-calls.ts'
import { createNetworkCalls, type NetworkCalls } from './network-calls.ts'
import { createPeopleCalls, type PeopleCalls } from './people-calls.ts'

/** All that can be done to a running Hub, in this process and, by the same names, at the admin address. */
export interface Admin extends ModelCalls, PeopleCalls, NetworkCalls {
  /** Everything as it was at the start: models, accounts, requests, faults, limits, log. Addresses stay. */
  resetAll(): void
}

export function createAdmin(hub: Hub, origins: Readonly<Record<Host, Origin>>): Admin {
  return {
    ...createModelCalls(hub),
    ...createPeopleCalls(hub),
    ...createNetworkCalls(hub, origins),
    resetAll() {
      const { origins: _, ...fresh } = createHub(hub.settings)
      Object.assign(hub, fresh)
    },
  }
}

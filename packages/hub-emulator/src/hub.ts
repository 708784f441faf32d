import { AccessRequests } from './accounts/access-requests.ts'
import { Accounts } from './accounts/accounts.ts'
import { demoAccounts } from './accounts/demo-accounts.ts'
import { Faults } from './faults/faults.ts'
import { rulesOfProfile } from './faults/profiles.ts'
import { CdnSigner } from './http/cdn-signer.ts'
import { RateLimits } from './http/rate-limits.ts'
import { RequestLog } from './http/request-log.ts'
import { type ModelSpec, modelOfSpec } from './models/model-spec.ts'
import { Models } from './models/models.ts'
import { createSyntheticModels } from './models/synthetic.ts'
import { loadWellKnownModels } from './models/well-known.ts'
import type { HubEmulatorSettings } from './options.ts'

/** Where the emulator answers; known once it listens. */
export interface Origins {
  hub: string
  cdn: string
}

/** The Hub's clock: true time, shifted on request. */
export interface Clock {
  offsetMs: number
  now(): number
}

/** All that the emulator is: its state and its settings. */
export interface Hub {
  readonly settings: HubEmulatorSettings
  readonly origins: Origins
  readonly clock: Clock
  readonly models: Models
  readonly accounts: Accounts
  readonly requests: AccessRequests
  readonly limits: RateLimits
  readonly faults: Faults
  readonly signer: CdnSigner
  readonly log: RequestLog
}

export function createHub(settings: HubEmulatorSettings): Hub {
  const clock: Clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs }
  const now = (): number => clock.now()
  const hub: Hub = {
    settings,
    origins: { hub: '', cdn: '' },
    clock,
    models: new Models(createSyntheticModels(settings.syntheticModels), settings.weightScale),
    accounts: new Accounts(now),
    requests: new AccessRequests(now),
    limits: new RateLimits(settings.rateLimits, now),
    faults: new Faults(),
    signer: new CdnSigner(now, settings.signatureSeconds),
    log: new RequestLog(settings.logLimit),
  }
  if (settings.wellKnown) addWellKnown(hub.models)
  for (const spec of settings.models) layModel(hub.models, spec)
  for (const account of [...demoAccounts, ...settings.accounts]) hub.accounts.add(account)
  hub.faults.set([...rulesOfProfile(settings.profile), ...settings.faults])
  return hub
}

/** Puts a model in place, instead of any of that id. */
export function layModel(models: Models, spec: ModelSpec): void {
  const model = modelOfSpec(spec, models.newKey(spec.id))
  models.put(model)
  for (const id of spec.formerIds ?? []) models.addFormerId(id, model.key)
}

function addWellKnown(models: Models): void {
  const wellKnown = loadWellKnownModels()
  for (const model of wellKnown.models) models.put(model)
  for (const [former, id] of wellKnown.renames) {
    const found = models.find(id)
    if (found?.kind === 'model') models.addFormerId(former, found.model.key)
  }
}

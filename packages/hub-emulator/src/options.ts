import type { AccountSpec } from './accounts/account.ts'
import type { FaultRule } from './faults/fault.ts'
import type { FaultProfile } from './faults/profiles.ts'
import type { RateLimitOptions } from './http/rate-limits.ts'
import type { ModelSpec } from './models/model-spec.ts'
import { MAX_SYNTHETIC_MODELS } from './models/synthetic.ts'

export interface HubEmulatorOptions {
  /** Port of the Hub, 0 for any free one. @default 0 */
  readonly port?: number
  /** Port of the CDN. @default 0 */
  readonly cdnPort?: number
  /** Port of the admin address. @default 0 */
  readonly adminPort?: number
  /** Models laid by hand. */
  readonly models?: readonly ModelSpec[]
  /** Whether the models of the curated list are there. @default true */
  readonly wellKnown?: boolean
  /** Models computed from their row number, up to 3,000,000. @default 100 */
  readonly syntheticModels?: number
  /** Accounts besides the demo ones. */
  readonly accounts?: readonly AccountSpec[]
  /** Bytes of made weights per byte they would truly have. @default 1e-6 */
  readonly weightScale?: number
  /** Quotas and window. @default as documented for the Hub */
  readonly rateLimits?: RateLimitOptions
  /** Faults from the start; after those of the profile. */
  readonly faults?: readonly FaultRule[]
  /** @default none */
  readonly profile?: FaultProfile
  /** Life of a signed CDN address in seconds. @default 3600 */
  readonly signatureSeconds?: number
  /** Synthetic rows looked at for one page of a filtered list, at most. @default 100,000 */
  readonly scanRows?: number
  /** Requests kept in the log. @default 100,000 */
  readonly logLimit?: number
  /**
   * Whether Xet hashes are told in headers and trees. There is no Xet server here: a client that can Xet would look for one.
   * @default false
   */
  readonly xetHashes?: boolean
}

export type HubEmulatorSettings = Readonly<Required<HubEmulatorOptions>>

/** @throws {RangeError} for a number that makes no sense */
export function resolveOptions(options: HubEmulatorOptions = {}): HubEmulatorSettings {
  const settings: HubEmulatorSettings = {
    port: 0,
    cdnPort: 0,
    adminPort: 0,
    models: [],
    wellKnown: true,
    syntheticModels: 100,
    accounts: [],
    weightScale: 1e-6,
    rateLimits: {},
    faults: [],
    profile: 'none',
    signatureSeconds: 3600,
    scanRows: 100_000,
    logLimit: 100_000,
    xetHashes: false,
    ...options,
  }
  for (const name of ['port', 'cdnPort', 'adminPort'] as const) check(name, settings[name], 0, 65_535)
  check('syntheticModels', settings.syntheticModels, 0, MAX_SYNTHETIC_MODELS)
  check('signatureSeconds', settings.signatureSeconds, 0, Number.MAX_SAFE_INTEGER)
  check('scanRows', settings.scanRows, 1, MAX_SYNTHETIC_MODELS)
  check('logLimit', settings.logLimit, 1, Number.MAX_SAFE_INTEGER)
  if (!(settings.weightScale > 0 && settings.weightScale <= 1))
    throw new RangeError(`Cannot use weightScale ${settings.weightScale}: it must be above 0 and at most 1`)
  return Object.freeze(settings)
}

function check(name: string, value: number, min: number, max: number): void {
  if (!(Number.isSafeInteger(value) && value >= min && value <= max))
    throw new RangeError(`Cannot use ${name} ${value}: it must be a whole number from ${min} to ${max}`)
}

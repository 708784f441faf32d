import type { HubgateError } from '@hubgate/core/errors'
import { HubClient, lookUpHost, type RateLimit } from '@hubgate/core/hub'
import type { Settings } from '@hubgate/core/settings'
import type { Finding } from './finding.ts'

/** Looks at one thing. What it throws becomes a problem of its own: no check stops another. */
export interface Check {
  readonly name: string
  readonly look: (checkup: Checkup) => readonly Finding[] | Promise<readonly Finding[]>
}

/** A plain list call that anybody may make, and when it was made. */
export interface FirstCall {
  readonly answer: Awaited<ReturnType<HubClient['send']>>
  readonly askedAt: Date
  readonly answeredAt: Date
}

export interface CheckupInputs {
  readonly settings: Settings
  /** Settings that cannot be used. */
  readonly faults: readonly HubgateError[]
  readonly platform: string
  readonly nodeVersion: string
  readonly now: () => Date
  /** Ends it all when the time is up. */
  readonly signal: AbortSignal
}

/** What the checks share: each fact is fetched once, by the first that wants it. */
export class Checkup implements AsyncDisposable {
  readonly inputs: CheckupInputs
  readonly client: HubClient
  readonly #limits = new Map<string, RateLimit>()
  #firstCall: Promise<FirstCall> | undefined
  #addresses: Promise<string[]> | undefined

  constructor(inputs: CheckupInputs) {
    this.inputs = inputs
    this.client = new HubClient(inputs.settings, {
      maxWaitMs: 0,
      onRateLimit: (limit) => void this.#limits.set(limit.bucket, limit),
    })
  }

  get settings(): Settings {
    return this.inputs.settings
  }

  /** @throws {HubgateError} see `HubClient.send` */
  firstCall(): Promise<FirstCall> {
    this.#firstCall ??= this.#ask(true)
    return this.#firstCall
  }

  /** The budgets that the Hub named to the token's account, or to nobody where there is no token. */
  async rateLimits(): Promise<RateLimit[]> {
    await this.firstCall()
    if (this.settings.token !== undefined) {
      // Nobody's budget is another one than the account's.
      this.#limits.clear()
      await this.#ask(false)
    }
    return this.knownRateLimits()
  }

  /** What the Hub said so far, also where it refused. */
  knownRateLimits(): RateLimit[] {
    return [...this.#limits.values()]
  }

  addresses(): Promise<string[]> {
    this.#addresses ??= lookUpHost(this.settings.endpoint)
    return this.#addresses
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]()
  }

  async #ask(anonymous: boolean): Promise<FirstCall> {
    const { now, signal } = this.inputs
    const askedAt = now()
    const query = new URLSearchParams({ limit: '1' })
    const answer = await this.client.send({ path: '/api/models', query, anonymous, signal })
    return { answer, askedAt, answeredAt: now() }
  }
}

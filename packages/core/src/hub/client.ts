import { setTimeout as sleep } from 'node:timers/promises'
import { HubgateError } from '../errors.ts'
import { endpointText } from '../settings/endpoint.ts'
import type { Settings } from '../settings/settings.ts'
import type { HubAnswer } from './answer.ts'
import { shownUrl } from './byte-address.ts'
import { explainFailure } from './network-failure.ts'
import { callKind, Pace } from './pace.ts'
import { askedWaitMs, type RateLimit, rateLimitOf } from './rate-limit.ts'
import { describeRefusal } from './refusal.ts'
import { type FailedAttempt, retryDelayMs } from './retry.ts'
import type { ByteAnswer, Transport } from './transport.ts'

export interface HubCall {
  /** Below the endpoint, with a leading slash: `/api/models`. */
  readonly path: string
  readonly query?: URLSearchParams
  readonly method?: 'GET' | 'HEAD' | 'POST'
  /** Ask as nobody, even where a token is set. @default false */
  readonly anonymous?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /**
   * `relative`: an absolute redirect is the answer itself, since it leads to where a file's bytes are kept.
   * @default 'same-origin': any other is refused
   */
  readonly redirects?: 'same-origin' | 'relative'
  /** Waits longer than this end in the error instead. @default the client's own limit */
  readonly maxWaitMs?: number
  readonly signal?: AbortSignal | undefined
}

export interface ByteCall {
  readonly headers?: Readonly<Record<string, string>>
  /** The longest silence between two parts of the body. @default the time-out of the settings */
  readonly stallMs?: number
  /** Much is to come. @default false */
  readonly isLarge?: boolean
  readonly signal?: AbortSignal | undefined
}

/** The Hub asked us to slow down, or did not answer: what is being waited for. */
export interface HubWait {
  readonly reason: 'rate-limit' | 'retry'
  readonly delayMs: number
  /** The status that made us wait; `undefined` where no answer came. */
  readonly status: number | undefined
}

export interface HubClientOptions {
  readonly onWait?: (wait: HubWait) => void
  /** Every answer's rate limit, as it arrives. */
  readonly onRateLimit?: (limit: RateLimit) => void
  /** Waits longer than this end in `ERR_RATE_LIMITED` with the time left. @default one window of the Hub and a little: 310_000 */
  readonly maxWaitMs?: number
  readonly transport?: Transport
  readonly now?: () => Date
}

const MAX_REDIRECTS = 5
const DEFAULT_MAX_WAIT_MS = 310_000

/** Speaks to one Hub with one token. Pools connections, so it is disposed of when done. */
export class HubClient implements AsyncDisposable {
  readonly settings: Settings
  readonly #options: HubClientOptions
  readonly #pace = new Pace()
  #transport: Promise<Transport & Partial<AsyncDisposable>> | undefined

  constructor(settings: Settings, options: HubClientOptions = {}) {
    this.settings = settings
    this.#options = options
  }

  /**
   * Asks once, or again where that can help. Gives every answer that says something of the request itself, refusals included.
   * @throws {HubgateError} `ERR_OFFLINE`, `ERR_HUB_UNREACHABLE`, `ERR_RATE_LIMITED`, `ERR_HUB_ANSWER`, `ERR_HUB_STATUS` (5xx)
   */
  async send(call: HubCall): Promise<HubAnswer> {
    this.#refuseOffline()
    const query = call.query?.size ? `?${call.query.toString()}` : ''
    const url = new URL(`${endpointText(this.settings.endpoint)}${call.path}${query}`)
    for (let attempt = 1; ; attempt += 1) {
      await this.#keepPace(call)
      const outcome = await this.#attempt(call, url)
      if ('answer' in outcome) return outcome.answer
      const { error, failure, waitMs } = outcome
      const delayMs = failure === undefined ? undefined : retryDelayMs({ attempt, failure, retryAfterMs: waitMs })
      if (delayMs === undefined || delayMs > this.#maxWaitMs(call)) throw error
      const reason = failure === 429 ? 'rate-limit' : 'retry'
      await this.#wait({ reason, delayMs, status: typeof failure === 'number' ? failure : undefined }, call)
    }
  }

  /**
   * Opens an answer, of whatever status, whose body is bytes: one exchange, no redirect followed, nothing tried again.
   * The token goes along to the endpoint's own origin, and nowhere else.
   * @throws {HubgateError} `ERR_OFFLINE`; what the network throws is left to the caller and its own rule of trying again
   */
  async open(url: URL, { headers = {}, stallMs, isLarge = false, signal }: ByteCall = {}): Promise<ByteAnswer> {
    this.#refuseOffline()
    const { endpoint, timeoutMs } = this.settings
    const transport = await this.#connect()
    return transport.open({
      url,
      method: 'GET',
      headers: this.#headers({ headers, anonymous: url.origin !== endpoint.origin }),
      timeoutMs,
      stallMs: stallMs ?? timeoutMs,
      isLarge,
      signal,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A transport that was handed in belongs to whoever made it.
    if (this.#options.transport !== undefined) return
    const transport = await this.#transport
    await transport?.[Symbol.asyncDispose]?.()
  }

  #refuseOffline(): void {
    const { offline } = this.settings
    if (offline !== undefined)
      throw new HubgateError('ERR_OFFLINE', `Cannot ask the Hub: ${offline}`, { because: offline })
  }

  #connect(): Promise<Transport & Partial<AsyncDisposable>> {
    this.#transport ??= this.#options.transport
      ? Promise.resolve(this.#options.transport)
      : import('./network-transport.ts').then(({ createNetworkTransport }) => createNetworkTransport(this.settings))
    return this.#transport
  }

  /** Nothing is left of the window: waits for the next one rather than being refused. */
  async #keepPace(call: HubCall): Promise<void> {
    for (;;) {
      const delayMs = this.#pace.take(callKind(call.path), this.#now())
      if (delayMs === 0) return
      // Too long for this call: then the Hub itself shall say so.
      if (delayMs > this.#maxWaitMs(call)) return
      await this.#wait({ reason: 'rate-limit', delayMs, status: undefined }, call)
    }
  }

  async #wait(wait: HubWait, { signal }: HubCall): Promise<void> {
    this.#options.onWait?.(wait)
    await sleep(wait.delayMs, undefined, signal ? { signal } : {})
  }

  #maxWaitMs(call: HubCall): number {
    return call.maxWaitMs ?? this.#options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS
  }

  #now(): number {
    return (this.#options.now?.() ?? new Date()).getTime()
  }

  async #attempt(call: HubCall, url: URL): Promise<Attempt> {
    try {
      return this.#judge(await this.#follow(call, url), callKind(call.path))
    } catch (error) {
      if (error instanceof HubgateError || call.signal?.aborted) throw error
      return explainFailure(error, url, this.settings)
    }
  }

  #judge(answer: HubAnswer, kind: string): Attempt {
    const limit = rateLimitOf(answer.headers)
    if (limit !== undefined) {
      this.#pace.learn(kind, limit, this.#now())
      this.#options.onRateLimit?.(limit)
    }
    const { status } = answer
    if (status !== 408 && status !== 429 && status < 500) return { answer }
    const refusal = describeRefusal(answer)
    const said = refusal.hubMessage === undefined ? '' : `: "${refusal.hubMessage}"`
    if (status !== 429)
      return {
        failure: status,
        error: new HubgateError(
          'ERR_HUB_STATUS',
          `Cannot get ${shownUrl(new URL(answer.url))}: the Hub answered ${status}${said}`,
          refusal,
        ),
      }
    const waitMs = askedWaitMs(answer.headers, new Date(this.#now()))
    const left = waitMs === undefined ? '' : `, and to come back in ${Math.ceil(waitMs / 1000)} s`
    return {
      failure: 429,
      waitMs,
      error: new HubgateError('ERR_RATE_LIMITED', `Cannot go on: the Hub asks to slow down${left}${said}`, {
        ...refusal,
        retryAfterMs: waitMs,
      }),
    }
  }

  /** Redirects are followed on the endpoint's own origin only: the token must not go elsewhere, and data does not come from elsewhere. */
  async #follow(call: HubCall, first: URL): Promise<HubAnswer> {
    const transport = await this.#connect()
    let url = first
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const wire = await transport.send({
        url,
        method: call.method ?? 'GET',
        headers: this.#headers(call),
        timeoutMs: this.settings.timeoutMs,
        signal: call.signal,
      })
      const location = wire.headers['location']
      const isRedirect = [301, 302, 307, 308].includes(wire.status) && location !== undefined
      if (!isRedirect || (call.redirects === 'relative' && URL.canParse(location)))
        return { ...wire, url: url.href, redirectedFrom: url === first ? undefined : first.href }
      const target = URL.parse(location, url.href)
      if (target === null || target.origin !== first.origin) {
        throw new HubgateError('ERR_HUB_ANSWER', 'Cannot follow the Hub: it redirects to another host', {
          url: url.href,
          reason: 'redirect',
        })
      }
      url = target
    }
    throw new HubgateError('ERR_HUB_ANSWER', `Cannot follow the Hub: more than ${MAX_REDIRECTS} redirects`, {
      url: first.href,
      reason: 'redirect',
    })
  }

  #headers(call: Pick<HubCall, 'anonymous' | 'headers'>): Record<string, string> {
    const { token, userAgent } = this.settings
    return {
      'user-agent': userAgent,
      ...(token === undefined || call.anonymous ? {} : { authorization: `Bearer ${token.secret.reveal()}` }),
      ...call.headers,
    }
  }
}

type Attempt = { readonly answer: HubAnswer } | FailedOnce

interface FailedOnce {
  readonly error: HubgateError
  /** Set where trying again might help. */
  readonly failure?: FailedAttempt['failure']
  readonly waitMs?: number | undefined
}

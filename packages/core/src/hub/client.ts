import { setTimeout as sleep } from 'node:timers/promises'
import { HubgateError } from '../errors.ts'
import { endpointText } from '../settings/endpoint.ts'
import type { Settings } from '../settings/settings.ts'
import type { HubAnswer } from './answer.ts'
import { parseRateLimit, type RateLimit, retryAfterMs } from './rate-limit.ts'
import { describeRefusal } from './refusal.ts'
import { retryDelayMs } from './retry.ts'
import { BodyBrokenError, BodyTooLargeError, MAX_BODY_BYTES, type Transport } from './transport.ts'

export interface HubCall {
  /** Below the endpoint, with a leading slash: `/api/models`. */
  readonly path: string
  readonly query?: URLSearchParams
  readonly method?: 'GET' | 'HEAD' | 'POST'
  /** Ask as nobody, even where a token is set. @default false */
  readonly anonymous?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Waits longer than this end in the error instead. @default the client's own limit */
  readonly maxWaitMs?: number
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
    const { settings } = this
    if (settings.offline !== undefined) {
      throw new HubgateError('ERR_OFFLINE', `Cannot ask the Hub: ${settings.offline}`, { because: settings.offline })
    }
    const query = call.query?.size ? `?${call.query.toString()}` : ''
    const url = new URL(`${endpointText(settings.endpoint)}${call.path}${query}`)
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(call, url)
      if ('answer' in outcome) return outcome.answer
      const { error, failure, waitMs } = outcome
      const delayMs = failure === undefined ? undefined : retryDelayMs({ attempt, failure, retryAfterMs: waitMs })
      if (delayMs === undefined || delayMs > (call.maxWaitMs ?? this.#options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS))
        throw error
      this.#options.onWait?.({
        reason: failure === 429 ? 'rate-limit' : 'retry',
        delayMs,
        status: typeof failure === 'number' ? failure : undefined,
      })
      await sleep(delayMs, undefined, call.signal ? { signal: call.signal } : {})
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const transport = await this.#transport
    await transport?.[Symbol.asyncDispose]?.()
  }

  async #attempt(call: HubCall, url: URL): Promise<Attempt> {
    try {
      return this.#judge(await this.#follow(call, url))
    } catch (error) {
      if (error instanceof HubgateError || call.signal?.aborted) throw error
      return this.#explainFailure(error, url)
    }
  }

  #judge(answer: HubAnswer): Attempt {
    const limit = parseRateLimit(answer.headers['ratelimit'], answer.headers['ratelimit-policy'])
    if (limit !== undefined) this.#options.onRateLimit?.(limit)
    const { status } = answer
    if (status !== 408 && status !== 429 && status < 500) return { answer }
    const refusal = describeRefusal(answer)
    const said = refusal.hubMessage === undefined ? '' : `: "${refusal.hubMessage}"`
    if (status !== 429)
      return {
        failure: status,
        error: new HubgateError(
          'ERR_HUB_STATUS',
          `Cannot get ${answer.url}: the Hub answered ${status}${said}`,
          refusal,
        ),
      }
    const waitMs = retryAfterMs(limit, answer.headers['retry-after'], this.#options.now?.() ?? new Date())
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
    this.#transport ??= this.#options.transport
      ? Promise.resolve(this.#options.transport)
      : import('./network-transport.ts').then(({ createNetworkTransport }) => createNetworkTransport(this.settings))
    const transport = await this.#transport
    let url = first
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const wire = await transport({
        url,
        method: call.method ?? 'GET',
        headers: this.#headers(call),
        timeoutMs: this.settings.timeoutMs,
        signal: call.signal,
      })
      const location = wire.headers['location']
      const isRedirect = [301, 302, 307, 308].includes(wire.status) && location !== undefined
      if (!isRedirect) return { ...wire, url: url.href, redirectedFrom: url === first ? undefined : first.href }
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

  #headers(call: HubCall): Record<string, string> {
    const { token, userAgent } = this.settings
    return {
      'user-agent': userAgent,
      ...(token === undefined || call.anonymous ? {} : { authorization: `Bearer ${token.secret.reveal()}` }),
      ...call.headers,
    }
  }

  #explainFailure(error: unknown, url: URL): Attempt {
    const { timeoutMs } = this.settings
    if (error instanceof BodyTooLargeError) {
      return {
        error: new HubgateError(
          'ERR_HUB_ANSWER',
          `Cannot read the Hub's answer: it is larger than ${MAX_BODY_BYTES >> 20} MiB`,
          { url: url.href, reason: 'size' },
        ),
      }
    }
    if (error instanceof BodyBrokenError) {
      return {
        error: new HubgateError(
          'ERR_HUB_ANSWER',
          "Cannot read the Hub's answer: it broke off",
          { url: url.href, reason: 'broken' },
          { cause: error },
        ),
      }
    }
    const code = errorCode(error)
    const isTimeout =
      ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'].includes(code) ||
      isNamed(error, 'TimeoutError')
    const why = isTimeout ? `no answer within ${timeoutMs / 1000} s` : (reasons[code] ?? code)
    const failure = isTimeout ? 'timeout' : isLasting(code) ? undefined : 'unreachable'
    return {
      ...(failure === undefined ? {} : { failure }),
      error: new HubgateError(
        'ERR_HUB_UNREACHABLE',
        `Cannot reach the Hub at ${url.host}: ${why}`,
        { endpoint: url.origin, timeoutMs },
        { cause: error },
      ),
    }
  }
}

type Attempt = { readonly answer: HubAnswer } | FailedOnce

interface FailedOnce {
  readonly error: HubgateError
  /** Set where trying again might help. */
  readonly failure?: 'unreachable' | 'timeout' | number
  readonly waitMs?: number | undefined
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known; is there a network?',
  EAI_AGAIN: 'its name cannot be looked up; is there a network?',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'there is no way to that machine',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is signed by an authority this machine does not trust; name the authority in SSL_CERT_FILE',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; name it in SSL_CERT_FILE if you trust it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by an authority this machine does not trust; name the authority in SSL_CERT_FILE',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by an authority this machine does not trust; name the authority in SSL_CERT_FILE',
  CERT_HAS_EXPIRED: "its certificate has expired, or this machine's clock is wrong",
}

/** Failures that another try in a second will not mend. */
function isLasting(code: string): boolean {
  return (
    code.includes('CERT') ||
    code.startsWith('UNABLE_TO') ||
    ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH'].includes(code)
  )
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error instanceof AggregateError && error.errors[0] !== undefined) return errorCode(error.errors[0])
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}

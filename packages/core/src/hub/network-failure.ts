import { HubgateError } from '../errors.ts'
import { BodyBrokenError, BodyTooLargeError, MAX_BODY_BYTES } from './transport.ts'

/** What the network threw, as people and the retry rule see it. */
export interface NetworkFailure {
  readonly error: HubgateError
  /** Set where trying again might help. */
  readonly failure?: 'unreachable' | 'timeout'
}

/** Says what an exception of the network means. Names the host only: the rest of an address may be signed. */
export function explainFailure(error: unknown, url: URL, timeoutMs: number): NetworkFailure {
  if (error instanceof BodyTooLargeError) {
    const message = `Cannot read the Hub's answer: it is larger than ${MAX_BODY_BYTES >> 20} MiB`
    return { error: new HubgateError('ERR_HUB_ANSWER', message, { url: url.href, reason: 'size' }) }
  }
  if (error instanceof BodyBrokenError) {
    const details = { url: url.href, reason: 'broken' }
    return {
      // Silence would be waited for again; a connection that was cut may hold the next time.
      ...(explainBrokenBody(error.cause) === 'cut' ? { failure: 'unreachable' } : {}),
      error: new HubgateError('ERR_HUB_ANSWER', "Cannot read the Hub's answer: it broke off", details, {
        cause: error,
      }),
    }
  }
  const code = errorCode(error)
  const isTimeout = TIMEOUTS.has(code) || isNamed(error, 'TimeoutError')
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

/** What ended a body before its end. */
export function explainBrokenBody(error: unknown): 'stalled' | 'cut' {
  return ['UND_ERR_BODY_TIMEOUT', 'TimeoutError'].includes(errorCode(error)) ? 'stalled' : 'cut'
}

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

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

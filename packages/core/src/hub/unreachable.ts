import { ProxyError } from './transport.ts'

const unreachableKinds = [
  'name',
  'refused',
  'cut',
  'network',
  'certificate',
  'clock',
  'proxy',
  'timeout',
  'garbled',
  'other',
] as const
/** What kept an answer from arriving, as far as something can be done about it. */
export type UnreachableKind = (typeof unreachableKinds)[number]

export interface Unreachable {
  readonly kind: UnreachableKind
  /** Half a sentence that follows "cannot reach the Hub:". */
  readonly why: string
  readonly outlook: Outlook
}

/**
 * `passing`: another try in a second may help. `away`: the network is gone or was never right; where it was right a moment ago it
 * may come back. `silent`: no answer in time. `odd`: the way is open, and what stands at its end speaks no HTTP. `lasting`: only a
 * person can help.
 */
export type Outlook = 'passing' | 'away' | 'silent' | 'odd' | 'lasting'

/** What to do about each. */
export const unreachableRemedies: Readonly<Record<UnreachableKind, string>> = {
  name: 'look at the network and its name server, and at the spelling of HF_ENDPOINT; behind a proxy set HTTPS_PROXY',
  refused: 'nothing listens there: look at the host and port of HF_ENDPOINT',
  cut: 'try again; where it stays, a firewall may be in the way: set HTTPS_PROXY if your network has a proxy',
  network: 'connect this machine to a network; what is known offline needs none',
  certificate:
    'a proxy or scanner of your network may sign in its own name: ask for the file of its authority and set SSL_CERT_FILE to it',
  clock: "set this machine's clock; where it is right, whoever runs the Hub must renew the certificate",
  proxy:
    'look at HTTPS_PROXY and HTTP_PROXY (user name and password go in as http://name:password@host:port), and at NO_PROXY',
  timeout: 'wait longer with --timeout or HF_HUB_ETAG_TIMEOUT; behind a proxy set HTTPS_PROXY',
  garbled: 'try again; where it stays, look at what runs at HF_ENDPOINT, and at a proxy or scanner on the way',
  other: 'try again; `--verbose` shows the chain of causes',
}

/** Says what an exception of the network means. */
export function explainUnreachable(error: unknown, timeoutMs: number): Unreachable {
  if (error instanceof ProxyError) return { kind: 'proxy', ...explainProxy(error, timeoutMs) }
  const code = networkCode(error)
  if (TIMEOUTS.has(code)) return { kind: 'timeout', why: `no answer within ${timeoutMs / 1000} s`, outlook: 'silent' }
  const [kind, why] =
    reasons[code] ?? (code.includes('CERT') ? ['certificate', `its certificate: ${code}`] : ['other', code])
  const isPassing = ['cut', 'other'].includes(kind) || code === 'EHOSTUNREACH'
  const isAway = ['name', 'refused', 'network'].includes(kind)
  return { kind, why, outlook: kind === 'garbled' ? 'odd' : isPassing ? 'passing' : isAway ? 'away' : 'lasting' }
}

/** The code of the error that lies under it all: `ENOTFOUND`, `UND_ERR_SOCKET`, `TimeoutError`. */
export function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error instanceof AggregateError && error.errors[0] !== undefined) return networkCode(error.errors[0])
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

function explainProxy({ proxy, status, cause }: ProxyError, timeoutMs: number): Omit<Unreachable, 'kind'> {
  if (status === 407) return { why: `the proxy ${proxy} asks for a name and a password`, outlook: 'lasting' }
  if (status !== undefined)
    return {
      why: `the proxy ${proxy} answered ${status} in its place`,
      outlook: status >= 502 && status <= 504 ? 'passing' : 'lasting',
    }
  const { why, outlook } = explainUnreachable(cause, timeoutMs)
  return { why: `the proxy ${proxy} cannot be reached: ${why}`, outlook }
}

const TIMEOUTS = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
  'TimeoutError',
])

const UNKNOWN_AUTHORITY = 'its certificate is signed by an authority this machine does not trust'

const reasons: Readonly<Record<string, readonly [UnreachableKind, string]>> = {
  ENOTFOUND: ['name', 'its name is not known; is there a network?'],
  EAI_AGAIN: ['name', 'its name cannot be looked up; is there a network?'],
  ECONNREFUSED: ['refused', 'the connection was refused'],
  ECONNRESET: ['cut', 'the connection was cut'],
  EPIPE: ['cut', 'the connection was cut'],
  UND_ERR_SOCKET: ['cut', 'the connection was cut'],
  // undici says this of headers that it cannot read, too.
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['garbled', 'its answer is garbled, or not as long as it said'],
  UND_ERR_HEADERS_OVERFLOW: ['garbled', 'the headers of its answer are too long'],
  HTTPParserError: ['garbled', 'what answers there does not speak HTTP as it should'],
  UND_ERR_PRX_CONN: ['cut', 'the connection was cut'],
  ENETUNREACH: ['network', 'there is no network'],
  EHOSTUNREACH: ['network', 'there is no way to that machine'],
  EPROTO: ['refused', 'what answers there does not speak https'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['refused', 'what answers there does not speak https'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['refused', 'what answers there does not speak https'],
  SELF_SIGNED_CERT_IN_CHAIN: ['certificate', `${UNKNOWN_AUTHORITY}; name the authority in SSL_CERT_FILE`],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'certificate',
    'its certificate is signed by itself; name it in SSL_CERT_FILE if you trust it',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['certificate', `${UNKNOWN_AUTHORITY}; name the authority in SSL_CERT_FILE`],
  UNABLE_TO_GET_ISSUER_CERT: ['certificate', `${UNKNOWN_AUTHORITY}; name the authority in SSL_CERT_FILE`],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['certificate', `${UNKNOWN_AUTHORITY}; name the authority in SSL_CERT_FILE`],
  ERR_TLS_CERT_ALTNAME_INVALID: ['certificate', 'its certificate is for another name'],
  UND_ERR_PRX_TLS: ['certificate', "the proxy's certificate is for another name"],
  CERT_HAS_EXPIRED: ['clock', "its certificate has expired, or this machine's clock is wrong"],
  CERT_NOT_YET_VALID: ['clock', "its certificate is not valid yet, or this machine's clock is wrong"],
}

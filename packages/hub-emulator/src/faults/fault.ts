import type { Host } from '../http/host.ts'

/** What can go wrong with an answer. Several may fall on one request; each does its part, of two of a kind the first. */
export type Fault =
  /** The headers come later by `ms`, and by up to `jitterMs` more. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** The body comes at this speed. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  | StatusFault
  /** The connection ends after so many bytes of the body, with no word. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** So many bytes less than `Content-Length` says, then a clean end of the connection. */
  | { readonly kind: 'short'; readonly missingBytes: number }
  /** So many bytes less than the file has, with a `Content-Length` that agrees: nothing is wrong with the answer itself. */
  | { readonly kind: 'truncate'; readonly missingBytes: number }
  /** The right length, but one byte of this part of the file is another; `at` counts in the file. @default the middle of the body */
  | { readonly kind: 'corrupt'; readonly at?: number }
  /** More bytes than the file has, without end and without a length. */
  | { readonly kind: 'endless' }
  /** `Range` is passed over: 200 and the whole file. */
  | { readonly kind: 'ignore-range' }
  /** The CDN holds the signature for expired: 403 as XML, without a header of the Hub. */
  | { readonly kind: 'expired' }
  /** JSON that stops in its middle. */
  | { readonly kind: 'malformed-json' }
  /** A page where JSON should be, with status 200. */
  | { readonly kind: 'html' }
  /** A JSON array of this many bytes. @default 1 GiB */
  | { readonly kind: 'huge-json'; readonly bytes?: number }
  /** No answer ever. */
  | { readonly kind: 'hang' }
  /** So many bytes of the body, then nothing more. */
  | { readonly kind: 'hang-body'; readonly afterBytes: number }
  /** The connection is reset before an answer. */
  | { readonly kind: 'reset' }
  /** All connections to this host are torn down and new ones refused for so long. @default 1000 */
  | { readonly kind: 'refused'; readonly forMs?: number }

export interface StatusFault {
  readonly kind: 'status'
  /** 429, or a 5xx, or whatever else. */
  readonly status: number
  /** Of a 429: the quota is used up (`own`, `r=0`), or another limiter spoke and the figures are not its. @default own */
  readonly limiter?: 'own' | 'other'
  /** Seconds, or a date in the header's own form. */
  readonly retryAfter?: number | string
  /** Of a 429: seconds until the window ends. */
  readonly resetSeconds?: number
  readonly message?: string
}

export type FaultKind = Fault['kind']

/** Which requests a fault falls on. What is left out matches everything; text between slashes is a pattern. */
export interface FaultMatch {
  readonly host?: Host
  /** Name of a route: `resolve`, `list-models`. */
  readonly route?: string | RegExp
  /** The model's id as asked for. */
  readonly model?: string | RegExp
  /** Path of a file in its repo; on the CDN that of the file an address leads to. */
  readonly path?: string | RegExp
  readonly method?: string
  /** From which matching request on, counted from 1. @default 1 */
  readonly nth?: number
  /** How many matching requests. @default all */
  readonly count?: number
  /** Of those, how many in one. @default 1 */
  readonly probability?: number
  /** For the chances. @default 1 */
  readonly seed?: number
}

export interface FaultRule {
  readonly when?: FaultMatch
  readonly fault: Fault
}

/** The fault of a kind among those that fell on a request. */
export function findFault<K extends FaultKind>(
  faults: readonly Fault[],
  kind: K,
): Extract<Fault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind)
}

/** One exchange over the wire: no retry, no redirect, no meaning. */
export interface WireRequest {
  readonly url: URL
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** From request to response headers, and again to the end of the body. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends one request. @throws whatever the network does */
export type Transport = (request: WireRequest) => Promise<WireAnswer>

/** A list page of 1000 rows with all we ask for is about 4 MB; more than this is no answer to anything we send. */
export const MAX_BODY_BYTES: number = 64 * 1024 * 1024

/** The answer began, and was too large to go on with. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
}

/** The headers arrived, but the body stopped, broke or could not be unpacked. */
export class BodyBrokenError extends Error {
  override readonly name = 'BodyBrokenError'
}

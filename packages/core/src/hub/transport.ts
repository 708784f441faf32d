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

/** A request whose answer is bytes, taken as they arrive. */
export interface ByteRequest extends Omit<WireRequest, 'body'> {
  /** The longest silence between two parts of the body. */
  readonly stallMs: number
  /** A body of many blocks: worth a way of its own. */
  readonly isLarge: boolean
}

/** An answer of which only the headers are here. Its body is read to the end or cancelled: until then it holds a connection. */
export interface ByteAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** As received: nothing is unpacked. A part is good until the next one is asked for. */
  readonly body: AsyncIterable<Uint8Array>
  /** Did most of the body lie here before we came for it? Then the line is faster than we are. Known once the body was read. */
  readonly isAhead?: (() => boolean) | undefined
  /** Lets go of what has not been read. */
  cancel(): void
}

/** The network. What it throws is the network's own; what it means is decided elsewhere. */
export interface Transport {
  /** Sends one request and reads the whole answer, as text. */
  send(request: WireRequest): Promise<WireAnswer>
  /** Sends one request and gives its answer once the headers are here. */
  open(request: ByteRequest): Promise<ByteAnswer>
}

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

/** The proxy on the way could not be reached, or did not let us through. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  /** `host:port`. */
  readonly proxy: string
  /** What it answered; `undefined` where it did not. */
  readonly status: number | undefined

  constructor(proxy: string, status: number | undefined, options: ErrorOptions) {
    super(`the proxy ${proxy} ${status === undefined ? 'cannot be reached' : `answered ${status}`}`, options)
    this.proxy = proxy
    this.status = status
  }
}

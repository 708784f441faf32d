import type { SecureContext } from 'node:tls'
import { BlockConnection } from './block-connection.ts'
import { unwrapChunks } from './chunked-body.ts'
import { parseContentRange } from './content-range.ts'
import { comesInChunks, plainBodyLength, type ResponseHead } from './response-head.ts'
import type { ByteAnswer, ByteRequest } from './transport.ts'

/** Servers were seen to close after 5 s and more. */
const MAX_IDLE_MS = 4000
const MAX_IDLE_CONNECTIONS = 16
/** Most of those who do not answer plainly never do; a proxy on the way may have done so once. */
const LEAVE_MS = 60_000

interface Resting {
  readonly connection: BlockConnection
  readonly sinceMs: number
}

/**
 * Large bodies straight from their host, over connections that are kept between answers. Says `undefined` to an answer that is
 * not plain, for a client that knows all of HTTP to ask again.
 */
export class BlockTransport implements Disposable {
  readonly #secureContext: SecureContext | undefined
  readonly #resting = new Map<string, Resting[]>()
  readonly #all = new Set<BlockConnection>()
  /** Until when an origin is left to others: asking here first would cost every answer of it twice. */
  readonly #leftUntilMs = new Map<string, number>()

  constructor(secureContext: SecureContext | undefined) {
    this.#secureContext = secureContext
  }

  async open(wire: ByteRequest): Promise<ByteAnswer | undefined> {
    wire.signal?.throwIfAborted()
    if ((this.#leftUntilMs.get(wire.url.origin) ?? 0) > performance.now()) return undefined
    const asked = await this.#ask(wire).catch((error: unknown) => unlessOdd(error))
    if (asked === undefined) return this.#leave(wire.url.origin)
    const { connection, head } = asked
    const { status, headers } = head
    const length = plainBodyLength(head)
    if (status === 200 || status === 206) {
      if (length === undefined && !comesInChunks(head)) return this.#leave(wire.url.origin, connection)
      return this.#answer(wire, connection, head, length)
    }
    // Of a refusal only the head counts.
    this.#drop(connection)
    return { status, headers, body: nothing(), cancel: () => undefined }
  }

  [Symbol.dispose](): void {
    for (const connection of this.#all) connection.destroy()
    this.#all.clear()
    this.#resting.clear()
  }

  #answer(
    { url, stallMs, signal }: ByteRequest,
    connection: BlockConnection,
    head: ResponseHead,
    length: number | undefined,
  ): ByteAnswer {
    const abort = (): void => connection.destroy(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    // Nobody listened since the head came.
    if (signal?.aborted === true) abort()
    let isOver = false
    const over = (): void => {
      if (isOver) return
      isOver = true
      signal?.removeEventListener('abort', abort)
      const mayStay = connection.isIdle && !/\bclose\b/i.test(head.headers['connection'] ?? '')
      if (mayStay) this.#rest(url.origin, connection)
      else this.#drop(connection)
    }
    return {
      status: head.status,
      headers: head.headers,
      body: withEnd(length === undefined ? chunks(connection, head, stallMs) : connection.body(length, stallMs), over),
      isAhead: () => connection.isAhead,
      cancel: over,
    }
  }

  /** A connection that rested may have been closed at the other end meanwhile: then a fresh one is asked. */
  async #ask(wire: ByteRequest): Promise<{ readonly connection: BlockConnection; readonly head: ResponseHead }> {
    const rested = this.#wakeUp(wire.url.origin)
    if (rested !== undefined) {
      try {
        return { connection: rested, head: await askInTime(rested, wire) }
      } catch (error) {
        this.#drop(rested)
        if (wire.signal?.aborted || !wasClosed(error)) throw error
      }
    }
    const connection = new BlockConnection({ url: wire.url, secureContext: this.#secureContext })
    this.#all.add(connection)
    try {
      return { connection, head: await askInTime(connection, wire) }
    } catch (error) {
      this.#drop(connection)
      throw error
    }
  }

  #wakeUp(origin: string): BlockConnection | undefined {
    const resting = this.#resting.get(origin) ?? []
    for (let last = resting.pop(); last !== undefined; last = resting.pop()) {
      if (last.connection.isIdle && performance.now() - last.sinceMs < MAX_IDLE_MS) return last.connection
      this.#drop(last.connection)
    }
    return undefined
  }

  #rest(origin: string, connection: BlockConnection): void {
    const resting = this.#resting.get(origin) ?? []
    this.#resting.set(origin, resting)
    resting.push({ connection, sinceMs: performance.now() })
    connection.rest()
    if (resting.length > MAX_IDLE_CONNECTIONS) this.#drop(resting.shift()?.connection)
  }

  #leave(origin: string, connection?: BlockConnection): undefined {
    this.#leftUntilMs.set(origin, performance.now() + LEAVE_MS)
    return this.#drop(connection)
  }

  #drop(connection: BlockConnection | undefined): undefined {
    connection?.destroy()
    if (connection !== undefined) this.#all.delete(connection)
  }
}

function wasClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ECONNRESET', 'EPIPE'].includes(String(error.code))
}

/** What is no HTTP as we know it is for others to judge. */
function unlessOdd(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error
}

async function askInTime(connection: BlockConnection, wire: ByteRequest): Promise<ResponseHead> {
  const { timeoutMs, signal } = wire
  const abort = (): void => connection.destroy(signal?.reason)
  const timer = setTimeout(() => connection.destroy(new DOMException('no answer in time', 'TimeoutError')), timeoutMs)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await connection.ask(requestText(wire))
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** @throws {TypeError} for a header that would be another */
function requestText({ url, headers }: ByteRequest): string {
  const lines = Object.entries({ ...headers, 'accept-encoding': 'identity' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  if (lines.some((line) => /[\r\n\0]/.test(line))) throw new TypeError('Cannot send a header with a line break')
  return [`GET ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`, ...lines, '', ''].join('\r\n')
}

function chunks(connection: BlockConnection, { headers }: ResponseHead, stallMs: number): AsyncGenerator<Uint8Array> {
  const range = parseContentRange(headers['content-range'])
  const expectedBytes = range === undefined ? Infinity : range.last - range.first + 1
  return unwrapChunks(connection.body(Infinity, stallMs, expectedBytes))
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {
  // A refusal has no body that anybody wants.
}

async function* withEnd(
  body: AsyncIterable<Uint8Array>,
  over: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body
  } finally {
    over()
  }
}

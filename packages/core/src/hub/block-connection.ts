import net from 'node:net'
import tls, { type SecureContext } from 'node:tls'
import { hostOf, portOf } from '../util/web-address.ts'
import { BurstMeter } from './burst-meter.ts'
import { parseResponseHead, type ResponseHead } from './response-head.ts'

/** Where a connection leads. */
export interface BlockEndpoint {
  readonly url: URL
  /** The authorities to trust; `undefined` for those of Node. */
  readonly secureContext: SecureContext | undefined
}

/** Small enough that a crash loses little, large enough that a write is worth its call. */
export const BLOCK_BYTES: number = 256 * 1024
/** One is read into, one waits, one is being written. */
const BLOCKS = 3
/** So that a slow line shows its progress, and a limit of the rate holds. */
const HAND_OVER_MS = 100

/**
 * One connection for large bodies. The system reads straight into a few blocks that are used again and again: no garbage and no
 * copy, whatever comes. Knows just enough HTTP for that: one `GET` after another, bodies of a known length, and bodies whose end
 * somebody else finds.
 */
export class BlockConnection {
  readonly #socket: net.Socket
  readonly #free: Buffer[] = Array.from({ length: BLOCKS - 1 }, () => Buffer.allocUnsafeSlow(BLOCK_BYTES))
  /** Being read into. */
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  #filled = 0
  /** Of that, what was given out already: the block itself can be changed only between two reads. */
  #given = 0
  #begunMs = 0
  /** Waiting for whoever reads the body: each a block, or its filled part. */
  readonly #ready: { readonly block: Buffer; readonly bytes: Buffer }[] = []
  #lent: Buffer | undefined
  #state: 'idle' | 'head' | 'body' = 'idle'
  #head: ResponseHead | undefined
  #headBytes: Buffer = Buffer.alloc(0)
  #leftBytes = 0
  /** How long silence may last; 0 for as long as it likes. */
  #stallMs = 0
  #isPaused = false
  readonly #bursts = new BurstMeter(() => this.#isPaused)
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor({ url, secureContext }: BlockEndpoint) {
    const onread = {
      buffer: () => this.#block.subarray(this.#filled),
      callback: (bytes: number) => this.#read(bytes),
    }
    this.#socket = connect(url, secureContext, onread)
    this.#socket.setNoDelay(true)
    this.#socket.on('error', (error) => this.destroy(error))
    this.#socket.on('close', () => this.destroy())
    // While we do not read, silence is our own.
    this.#socket.on(
      'timeout',
      () => !this.#isPaused && this.destroy(new DOMException('it went silent', 'TimeoutError')),
    )
  }

  /** Can it take another request? */
  get isIdle(): boolean {
    return this.#state === 'idle' && this.#failure === undefined
  }

  /** Sends a request and gives the head of its answer. @throws what the network does; `SyntaxError` for what is no HTTP */
  async ask(request: string): Promise<ResponseHead> {
    this.#state = 'head'
    this.#head = undefined
    this.#headBytes = Buffer.alloc(0)
    this.#socket.ref()
    this.#socket.write(request, 'latin1')
    while (this.#head === undefined) {
      if (this.#failure !== undefined) throw this.#failure
      await this.#somethingNew()
    }
    return this.#head
  }

  /**
   * The body of the answer just begun, block by block. A block is good until the next is asked for. What came before a failure is
   * given before the failure is thrown.
   * @param length `Infinity` where only who reads it can tell its end: then the connection is of no more use
   * @param expectedBytes as far as that is known
   */
  async *body(
    length: number,
    stallMs: number,
    expectedBytes: number = length,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const early = this.#headBytes.subarray(0, length)
    if (this.#headBytes.length > length) this.destroy(new Error('more came than was announced'))
    this.#leftBytes = length - early.length
    this.#bursts.begin(expectedBytes)
    this.#state = 'body'
    this.#watchSilence(stallMs)
    if (early.length > 0) yield early
    this.#resume()
    for (let block = await this.#next(); block !== undefined; block = await this.#next()) yield block
    this.#watchSilence(0)
    this.#state = 'idle'
    this.#resume()
  }

  /** Did most of the last body wait in the system's memory until we came for it? */
  get isAhead(): boolean {
    return this.#bursts.isAhead
  }

  /** Idle, it keeps no process alive. */
  rest(): void {
    this.#socket.unref()
  }

  destroy(reason: Error = Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' })): void {
    this.#failure ??= reason
    this.#socket.destroy()
    this.#wake?.()
  }

  #read(bytes: number): boolean {
    // TLS gives what it had unpacked also after it was told to stop: what stopped must stay known as stopped.
    if (!this.#take(bytes)) this.#isPaused = true
    return !this.#isPaused
  }

  /** Bytes lie in the block. `false` stops reading until there is room again. */
  #take(bytes: number): boolean {
    if (this.#state === 'head') return this.#takeHead(bytes)
    if (this.#state === 'idle' || bytes > this.#leftBytes) {
      this.destroy(new Error('more came than was announced'))
      return false
    }
    if (this.#filled === 0) this.#begunMs = performance.now()
    this.#filled += bytes
    this.#leftBytes -= bytes
    this.#bursts.take(bytes)
    const isWaitedFor = this.#wake !== undefined && performance.now() - this.#begunMs > HAND_OVER_MS
    if (this.#filled === this.#block.length || this.#leftBytes === 0 || isWaitedFor) this.#handOver()
    else if (this.#leftBytes === Infinity) this.#wake?.()
    return this.#free.length > 0
  }

  #takeHead(bytes: number): boolean {
    this.#headBytes = Buffer.concat([this.#headBytes, this.#block.subarray(0, bytes)])
    if (this.#head !== undefined) return false
    try {
      // 100 and 103 only announce the answer: as many as there are.
      while (this.#head === undefined) {
        const head = parseResponseHead(this.#headBytes)
        if (head === undefined) return true
        this.#headBytes = this.#headBytes.subarray(head.length)
        if (head.status >= 200) this.#head = head
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : undefined)
    }
    this.#wake?.()
    return false
  }

  /** Reading stops before the last free block is taken; TLS, which goes on giving for a moment, may need one more. */
  #handOver(): void {
    const next = this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
    this.#ready.push({ block: this.#block, bytes: this.#block.subarray(this.#given, this.#filled) })
    this.#block = next
    this.#filled = this.#given = 0
    this.#wake?.()
  }

  /** The next part of the body; `undefined` after its end. */
  async #next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#lent !== undefined && this.#free.length < BLOCKS - 1) this.#free.push(this.#lent)
      this.#lent = undefined
      const ready = this.#ready.shift()
      if (ready !== undefined) {
        this.#lent = ready.block
        this.#resume()
        return ready.bytes
      }
      if (this.#leftBytes === 0) return undefined
      // It may have been the last that came.
      if (this.#leftBytes === Infinity && this.#filled > this.#given) {
        const bytes = this.#block.subarray(this.#given, this.#filled)
        this.#given = this.#filled
        return bytes
      }
      if (this.#failure !== undefined) {
        const rest = this.#block.subarray(this.#given, this.#filled)
        this.#filled = this.#given = 0
        if (rest.length > 0) return rest
        throw this.#failure
      }
      this.#resume()
      await this.#somethingNew()
    }
  }

  #resume(): void {
    if (!this.#isPaused || this.#free.length === 0) return
    this.#isPaused = false
    // Its time may have run out while we did not read, and it runs out only once.
    this.#watchSilence(this.#stallMs)
    this.#socket.resume()
    this.#bursts.resume()
  }

  #watchSilence(stallMs: number): void {
    this.#stallMs = stallMs
    this.#socket.setTimeout(stallMs)
  }

  #somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}

function connect(url: URL, secureContext: SecureContext | undefined, onread: net.OnReadOpts): net.Socket {
  const [host, port] = [hostOf(url), portOf(url)]
  if (url.protocol !== 'https:') return net.connect({ host, port, onread })
  const options = {
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(secureContext === undefined ? {} : { secureContext }),
    // Not in the types, and passed on to the socket all the same. @see lib/internal/tls/wrap.js
    onread,
  }
  return tls.connect(options)
}

// Loaded when the first request goes out: undici and TLS cost a fifth of a second that an offline search need not pay.
import type { IncomingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Dispatcher, request } from 'undici'
import type { Proxy } from '../settings/proxy.ts'
import type { Settings } from '../settings/settings.ts'
import { redactor } from '../util/redact.ts'
import { Routes } from './routes.ts'
import {
  BodyBrokenError,
  BodyTooLargeError,
  type ByteAnswer,
  type ByteRequest,
  MAX_BODY_BYTES,
  ProxyError,
  type Transport,
  type WireAnswer,
  type WireRequest,
} from './transport.ts'

const unpack = promisify(gunzip)

/**
 * The real network: pooled connections, the proxy and the certificate authorities that the settings name. A Hub that sends the
 * token back, in whatever header or text, does not get it into anything of ours.
 */
export function createNetworkTransport(settings: Settings): Transport & AsyncDisposable {
  const routes = new Routes(settings)
  const redact = redactor(settings.token?.secret)
  return {
    send: (wire) => send(routes, wire, redact),
    open: (wire) => open(routes, wire, redact),
    [Symbol.asyncDispose]: () => routes[Symbol.asyncDispose](),
  }
}

type Redact = (text: string) => string

async function send(routes: Routes, wire: WireRequest, redact: Redact): Promise<WireAnswer> {
  const { url, method, headers, body, timeoutMs, signal } = wire
  const answer = await ask(routes, url, {
    method,
    headers: { 'accept-encoding': 'gzip', ...headers },
    timeoutMs,
    bodyTimeout: timeoutMs,
    ...(body === undefined ? {} : { body }),
    signals: [AbortSignal.timeout(2 * timeoutMs), signal],
  })
  const bytes = await readBounded(answer.body, signal)
  const isPacked = headerText(answer.headers, 'content-encoding')?.toLowerCase() === 'gzip'
  return {
    status: answer.statusCode,
    headers: plainHeaders(answer.headers, redact),
    body: redact((isPacked ? await unpackBounded(bytes) : bytes).toString('utf8')),
  }
}

/** Without compression: lengths and ranges count the file's own bytes, which are not touched. */
async function open(routes: Routes, wire: ByteRequest, redact: Redact): Promise<ByteAnswer> {
  const answer =
    (wire.isLarge ? await routes.to(wire.url).blocks?.open(wire) : undefined) ?? (await openAny(routes, wire))
  const headers = Object.entries(answer.headers).map(([name, value]) => [redact(name), redact(value)])
  return { ...answer, headers: Object.fromEntries(headers) }
}

async function openAny(routes: Routes, wire: ByteRequest): Promise<ByteAnswer> {
  const { url, method, headers, timeoutMs, stallMs, signal } = wire
  const answer = await ask(routes, url, {
    method,
    headers: { ...headers, 'accept-encoding': 'identity' },
    timeoutMs,
    bodyTimeout: stallMs,
    signals: [signal],
  })
  // What is cancelled on purpose ends in an error nobody waits for.
  answer.body.on('error', () => {})
  return {
    status: answer.statusCode,
    headers: plainHeaders(answer.headers, (text) => text),
    body: answer.body,
    cancel: () => void answer.body.destroy(),
  }
}

interface Ask extends Omit<NonNullable<Parameters<typeof request>[1]>, 'signal' | 'dispatcher'> {
  /** Until the headers are here. */
  readonly timeoutMs: number
  readonly signals: readonly (AbortSignal | undefined)[]
}

async function ask(
  routes: Routes,
  url: URL,
  { timeoutMs, signals, ...options }: Ask,
): Promise<Dispatcher.ResponseData<unknown>> {
  const { dispatcher, proxy } = routes.to(url)
  const stop = new AbortController()
  const unlink = abortWith(stop, signals)
  // undici looks at its own header time-out every half second or so: who set one waits no longer.
  const timer = setTimeout(() => stop.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs)
  try {
    const answer = await request(url, { ...options, headersTimeout: 0, signal: stop.signal, dispatcher })
    answer.body.once('close', unlink)
    return answer
  } catch (error) {
    unlink()
    throw (proxy && proxyFailure(error, proxy)) ?? error
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Aborts with the first of these signals, until what it gives is called.
 *
 * `AbortSignal.any` would do, but the more requests have followed a signal the longer each further one takes. Nor does
 * `addEventListener` with a `signal`: Node 24 forgets to unlink all but the last once memory was cleared.
 */
function abortWith(controller: AbortController, signals: readonly (AbortSignal | undefined)[]): () => void {
  const unlinks = signals.map((signal) => {
    const abort = (): void => controller.abort(signal?.reason)
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort, { once: true })
    return () => signal?.removeEventListener('abort', abort)
  })
  return () => {
    for (const unlink of unlinks) unlink()
  }
}

/** Where a proxy stands on the way, whoever could not be connected to was the proxy: it alone looks up the Hub's name. */
function proxyFailure(error: unknown, { host }: Proxy): ProxyError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  // undici tells the proxy's answer in words only.
  const status = /^Proxy (?:response \(|Authentication Required \()(\d{3})\)/.exec(error.message)?.[1]
  if (status !== undefined) return new ProxyError(host, Number(status), { cause: error })
  const isConnecting = 'syscall' in error && ['connect', 'getaddrinfo'].includes(String(error.syscall))
  return isConnecting || error.code === 'UND_ERR_PRX_CONN'
    ? new ProxyError(host, undefined, { cause: error })
    : undefined
}

async function readBounded(stream: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of stream) {
      size += part.length
      if (size > MAX_BODY_BYTES) throw new BodyTooLargeError('too large')
      parts.push(part)
    }
  } catch (error) {
    if (error instanceof BodyTooLargeError || signal?.aborted) throw error
    throw new BodyBrokenError('the answer broke off', { cause: error })
  }
  return Buffer.concat(parts)
}

async function unpackBounded(bytes: Buffer): Promise<Buffer> {
  if (bytes.length === 0) return bytes
  try {
    return await unpack(bytes, { maxOutputLength: MAX_BODY_BYTES })
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLarge
      ? new BodyTooLargeError('too large once unpacked')
      : new BodyBrokenError('the answer cannot be unpacked', { cause: error })
  }
}

function plainHeaders(headers: IncomingHttpHeaders, redact: Redact): Record<string, string> {
  return Object.fromEntries(
    Object.keys(headers).map((name) => [redact(name.toLowerCase()), redact(headerText(headers, name) ?? '')]),
  )
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

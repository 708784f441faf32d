// Loaded when the first request goes out: undici and TLS cost a fifth of a second that an offline search need not pay.
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { getCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import type { Settings } from '../settings/settings.ts'
import {
  BodyBrokenError,
  BodyTooLargeError,
  type ByteAnswer,
  type ByteRequest,
  MAX_BODY_BYTES,
  type Transport,
  type WireAnswer,
  type WireRequest,
} from './transport.ts'

const unpack = promisify(gunzip)

/** The real network: pooled connections, the proxy and the certificate authorities that the settings name. */
export function createNetworkTransport(settings: Settings): Transport & AsyncDisposable {
  const dispatcher = createDispatcher(settings)
  return {
    send: (wire) => send(dispatcher, wire),
    open: (wire) => open(dispatcher, wire),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  }
}

function createDispatcher(settings: Settings): Dispatcher {
  const ca = trustedCertificates(settings.certificateFiles)
  const options = { connect: { timeout: settings.timeoutMs, ...(ca === undefined ? {} : { ca }) } }
  const { http, https, none } = settings.proxy
  if (http === undefined && https === undefined) return new Agent(options)
  return new EnvHttpProxyAgent({
    ...options,
    ...(ca === undefined ? {} : { requestTls: { ca }, proxyTls: { ca } }),
    // An empty text keeps the agent from looking into the environment itself.
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: none ?? '',
  })
}

async function send(dispatcher: Dispatcher, wire: WireRequest): Promise<WireAnswer> {
  const { url, method, headers, body, timeoutMs, signal } = wire
  const answer = await request(url, {
    dispatcher,
    method,
    headers: { 'accept-encoding': 'gzip', ...headers },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    ...(body === undefined ? {} : { body }),
    signal:
      signal === undefined
        ? AbortSignal.timeout(2 * timeoutMs)
        : AbortSignal.any([signal, AbortSignal.timeout(2 * timeoutMs)]),
  })
  const bytes = await readBounded(answer.body, signal)
  const isPacked = headerText(answer.headers, 'content-encoding')?.toLowerCase() === 'gzip'
  return {
    status: answer.statusCode,
    headers: plainHeaders(answer.headers),
    body: (isPacked ? await unpackBounded(bytes) : bytes).toString('utf8'),
  }
}

/** Without compression: lengths and ranges count the file's own bytes. */
async function open(dispatcher: Dispatcher, wire: ByteRequest): Promise<ByteAnswer> {
  const { url, method, headers, timeoutMs, stallMs, signal } = wire
  const answer = await request(url, {
    dispatcher,
    method,
    headers: { ...headers, 'accept-encoding': 'identity' },
    headersTimeout: timeoutMs,
    bodyTimeout: stallMs,
    ...(signal === undefined ? {} : { signal }),
  })
  // What is cancelled on purpose ends in an error nobody waits for.
  answer.body.on('error', () => {})
  return {
    status: answer.statusCode,
    headers: plainHeaders(answer.headers),
    body: answer.body,
    cancel: () => void answer.body.destroy(),
  }
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

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name.toLowerCase(), headerText(headers, name) ?? '']))
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** A company's own authority stands beside the public ones; a file that cannot be read is passed over, and `doctor` says so. */
function trustedCertificates(files: readonly string[]): string[] | undefined {
  const extra = files.flatMap((file) => {
    try {
      return [readFileSync(file, 'utf8')]
    } catch {
      return []
    }
  })
  return extra.length === 0 ? undefined : [...getCACertificates('default'), ...extra]
}

// Loaded when the first request goes out: undici and TLS cost a fifth of a second that an offline search need not pay.
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { getCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import type { Settings } from '../settings/settings.ts'
import { BodyBrokenError, BodyTooLargeError, MAX_BODY_BYTES, type Transport } from './transport.ts'

const unpack = promisify(gunzip)

/** The real network: pooled connections, the proxy and the certificate authorities that the settings name. */
export function createNetworkTransport(settings: Settings): Transport & AsyncDisposable {
  const ca = trustedCertificates(settings.certificateFiles)
  const options = { connect: { timeout: settings.timeoutMs, ...(ca === undefined ? {} : { ca }) } }
  const { http, https, none } = settings.proxy
  const dispatcher: Dispatcher =
    http === undefined && https === undefined
      ? new Agent(options)
      : new EnvHttpProxyAgent({
          ...options,
          ...(ca === undefined ? {} : { requestTls: { ca }, proxyTls: { ca } }),
          // An empty text keeps the agent from looking into the environment itself.
          httpProxy: http ?? '',
          httpsProxy: https ?? '',
          noProxy: none ?? '',
        })

  const send: Transport = async ({ url, method, headers, body, timeoutMs, signal }) => {
    const answer = await request(url, {
      dispatcher,
      method,
      headers: { ...headers, 'accept-encoding': 'gzip' },
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
  return Object.assign(send, { [Symbol.asyncDispose]: () => dispatcher.destroy() })
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

import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type DetailedPeerCertificate } from 'node:tls'
import { type Proxy, proxyFor } from '../settings/proxy.ts'
import type { Settings } from '../settings/settings.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import { hostOf, portOf } from '../util/web-address.ts'
import { ProxyError } from './transport.ts'
import { trustedCertificates } from './trusted-certificates.ts'

/** The way to the endpoint, walked once without asking it anything. */
export interface ConnectionProbe {
  /** Whom the bytes go to first. */
  readonly proxy: Proxy | undefined
  /** Of https: what its server showed. `undefined` for plain http. */
  readonly tls: TlsProbe | undefined
}

export interface TlsProbe {
  /** Such as `TLSv1.3`. */
  readonly protocol: string
  /** Who signed the certificate. */
  readonly issuer: string
  readonly validTo: Date | undefined
  /** Why this machine does not trust it: `SELF_SIGNED_CERT_IN_CHAIN`; `undefined` where it does. */
  readonly distrust: string | undefined
}

/** All addresses of a host. @throws what the system's name service does */
export async function lookUpHost(url: URL): Promise<string[]> {
  const found = await lookup(hostOf(url), { all: true })
  return found.map(({ address }) => address)
}

/**
 * Connects to the endpoint as a call would, through the same proxy, and looks at the certificate, also where nobody would
 * trust it: then it tells who signed it.
 * @throws {ProxyError} and what the network does; `ERR_SETTING` for a proxy that cannot be meant
 */
export async function probeConnection(settings: Settings, signal: AbortSignal): Promise<ConnectionProbe> {
  const { endpoint } = settings
  const proxy = proxyFor(endpoint, settings.proxy)
  // A proxy takes plain http without a tunnel.
  const socket = await (proxy === undefined ? connectTo(endpoint, signal) : connectThrough(proxy, settings, signal))
  // What happens to it once it has been looked at is nobody's concern.
  socket.on('error', () => {})
  try {
    const tls = endpoint.protocol === 'https:' ? await probeTls(settings, socket, signal) : undefined
    return { proxy, tls }
  } finally {
    socket.destroy()
  }
}

function connectTo(url: URL, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host: hostOf(url), port: portOf(url), autoSelectFamily: true })
  return settle(socket, 'connect', signal, () => socket)
}

async function connectThrough(proxy: Proxy, settings: Settings, signal: AbortSignal): Promise<Socket> {
  const target = settings.endpoint
  const url = new URL(proxy.url.reveal())
  if (target.protocol === 'http:') return connectTo(url, signal).catch((error) => throwProxyError(proxy, error))
  // Loaded for this alone: importing them makes Node load a client of its own, which nobody here uses.
  const { request: ask } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'))
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  const request = ask({
    host: hostOf(url),
    port: portOf(url),
    method: 'CONNECT',
    path: `${target.hostname}:${portOf(target)}`,
    headers: login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` },
    ca: trustedCertificates(settings.certificateFiles),
    signal,
  })
  return new Promise((resolve, reject) => {
    request.on('error', (error) =>
      reject(signal.aborted ? error : new ProxyError(proxy.host, undefined, { cause: error })),
    )
    request.on('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new ProxyError(proxy.host, statusCode, {}))
    })
    request.end()
  })
}

function probeTls(settings: Settings, socket: Socket, signal: AbortSignal): Promise<TlsProbe> {
  const { endpoint } = settings
  const ca = trustedCertificates(settings.certificateFiles)
  const host = hostOf(endpoint)
  const secure = connectTls({
    socket,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    host,
    ...(ca === undefined ? {} : { ca }),
    // Nothing is ever sent here: this looks at what a call would refuse.
    rejectUnauthorized: false,
  })
  return settle(secure, 'secureConnect', signal, () => {
    const certificate = secure.getPeerCertificate(true)
    const validTo = new Date(certificate.valid_to)
    return {
      protocol: secure.getProtocol() ?? 'unknown',
      issuer: issuerOf(certificate),
      validTo: Number.isNaN(validTo.getTime()) ? undefined : validTo,
      distrust: secure.authorized ? undefined : codeOf(secure.authorizationError),
    }
  })
}

function issuerOf({ issuer }: DetailedPeerCertificate): string {
  const names = [issuer.O, issuer.CN].flat().filter((name) => name !== undefined)
  return stripControlCharacters(names.join(', ')).slice(0, 200) || 'nobody who is named'
}

/** Node gives the code in one place as an error and in another as a text. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function settle<T>(socket: Socket, event: string, signal: AbortSignal, read: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => void socket.destroy(signal.reason instanceof Error ? signal.reason : undefined)
    const unlisten = (): void => signal.removeEventListener('abort', stop)
    signal.addEventListener('abort', stop, { once: true })
    socket.once('close', unlisten)
    socket.once('error', reject)
    socket.once(event, () => {
      unlisten()
      resolve(read())
    })
    if (signal.aborted) stop()
  })
}

function throwProxyError(proxy: Proxy, cause: unknown): never {
  throw new ProxyError(proxy.host, undefined, { cause })
}

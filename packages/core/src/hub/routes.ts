import { createSecureContext, type SecureContext } from 'node:tls'
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici'
import { type Proxy, proxyFor } from '../settings/proxy.ts'
import type { Settings } from '../settings/settings.ts'
import { BlockTransport } from './block-transport.ts'
import { trustedCertificates } from './trusted-certificates.ts'

/** The pooled connections that a request takes, and the proxy they lead through. */
export interface Route {
  readonly dispatcher: Dispatcher
  /** For large bodies; `undefined` where a proxy stands on the way. */
  readonly blocks: BlockTransport | undefined
  readonly proxy: Proxy | undefined
}

/** Connections straight to a host and through each proxy, made when first needed and kept open between requests. */
export class Routes implements AsyncDisposable {
  readonly #settings: Settings
  readonly #connect: { readonly timeout: number; readonly secureContext?: SecureContext }
  readonly #dispatchers = new Map<string, Dispatcher>()
  readonly #blocks: BlockTransport

  constructor(settings: Settings) {
    this.#settings = settings
    const ca = trustedCertificates(settings.certificateFiles)
    this.#connect = {
      timeout: settings.timeoutMs,
      ...(ca === undefined ? {} : { secureContext: createSecureContext({ ca }) }),
    }
    this.#blocks = new BlockTransport(this.#connect.secureContext)
  }

  /** @throws {HubgateError} `ERR_SETTING` for a proxy that cannot be meant */
  to(url: URL): Route {
    const proxy = proxyFor(url, this.#settings.proxy)
    const key = proxy?.url.reveal() ?? ''
    const dispatcher = this.#dispatchers.get(key) ?? this.#open(proxy)
    this.#dispatchers.set(key, dispatcher)
    return { dispatcher, proxy, blocks: proxy === undefined ? this.#blocks : undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#blocks[Symbol.dispose]()
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()))
  }

  #open(proxy: Proxy | undefined): Dispatcher {
    const connect = this.#connect
    if (proxy === undefined) return new Agent({ connect })
    return new ProxyAgent({
      uri: proxy.url.reveal(),
      connect,
      // A proxy that takes the call and then says nothing is waited for no longer than a Hub that does.
      clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: connect.timeout }),
      proxyTls: connect,
      requestTls: connect,
    })
  }
}

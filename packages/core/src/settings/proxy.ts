import { HubgateError } from '../errors.ts'
import { Secret } from '../util/secret.ts'
import { portOf } from '../util/web-address.ts'
import { isLoopback } from './endpoint.ts'
import { type Environment, firstSet } from './environment.ts'
import { isExempt } from './no-proxy.ts'

/** The proxies that the environment names, not yet looked at: a wrong one must not stop a search that needs no network. */
export interface ProxySettings {
  readonly http: NamedProxy | undefined
  readonly https: NamedProxy | undefined
  /** Hosts to reach without a proxy, as `NO_PROXY` lists them. */
  readonly none: string | undefined
}

export interface NamedProxy {
  /** A secret because a password may stand in it. */
  readonly address: Secret
  /** The variable it came from. */
  readonly from: string
}

/** The proxy that a request goes through. */
export interface Proxy {
  /** With user name and password, where it has them. */
  readonly url: Secret
  /** `host:port`, for people. */
  readonly host: string
  readonly from: string
}

/** Small letters first, as curl and `requests` read them; `ALL_PROXY` stands in for the one that is missing. */
export function readProxySettings(environment: Environment): ProxySettings {
  const named = (...names: string[]): NamedProxy | undefined => {
    const set = firstSet(environment, names)
    return set && { address: new Secret(set.value.trim()), from: set.name }
  }
  return {
    http: named('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'),
    https: named('https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'),
    none: firstSet(environment, ['no_proxy', 'NO_PROXY'])?.value,
  }
}

/**
 * The proxy for this address, if any. Never for this machine itself: it may be sent the token in plain http, and a proxy
 * would carry that over the network.
 * @throws {HubgateError} `ERR_SETTING` for a proxy that is no http or https address; its text is never shown
 */
export function proxyFor(url: URL, settings: ProxySettings): Proxy | undefined {
  const named = url.protocol === 'https:' ? settings.https : settings.http
  if (named === undefined || isLoopback(url) || isExempt(url, settings.none ?? '')) return undefined
  const text = named.address.reveal()
  const proxy = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (proxy === null || !['http:', 'https:'].includes(proxy.protocol) || !isDecodable(proxy)) {
    const kind = proxy === null ? '' : ` (it begins with ${proxy.protocol})`
    throw new HubgateError(
      'ERR_SETTING',
      `Cannot use the proxy of ${named.from}: expected an address such as http://proxy.example:3128${kind}`,
      { setting: 'proxy', from: named.from },
    )
  }
  return { url: new Secret(proxy.href), host: `${proxy.hostname}:${portOf(proxy)}`, from: named.from }
}

function isDecodable({ username, password }: URL): boolean {
  try {
    return decodeURIComponent(username + password) !== undefined
  } catch {
    return false
  }
}

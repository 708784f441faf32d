import { HubgateError } from '../errors.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import { looksLikeToken } from './token-shape.ts'

export const DEFAULT_ENDPOINT = 'https://huggingface.co'

/**
 * An endpoint as `HF_ENDPOINT` gives it: an http or https address, without a closing slash.
 * @throws {HubgateError} `ERR_ENDPOINT`
 */
export function parseEndpoint(text: string): URL {
  const url = URL.parse(text.trim())
  if (url === null || !(url.protocol === 'https:' || url.protocol === 'http:'))
    return refuse(text, 'expected an address that starts with https://')
  // Never shown: a password may be in it.
  if (url.username !== '' || url.password !== '')
    return refuse(`${url.protocol}//${url.host}`, 'an endpoint may not carry a user name or password')
  url.search = ''
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

/** The endpoint as text, without a closing slash: what paths are appended to. */
export function endpointText(endpoint: URL): string {
  return endpoint.href.replace(/\/+$/, '')
}

/** Where an account makes its tokens, and revokes them. */
export function tokensPage(endpoint: URL | string): string {
  return `${typeof endpoint === 'string' ? endpoint : endpointText(endpoint)}/settings/tokens`
}

export function isLoopback(url: URL): boolean {
  return (
    url.hostname === 'localhost' ||
    url.hostname.endsWith('.localhost') ||
    url.hostname === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(url.hostname)
  )
}

/**
 * May this endpoint be sent the token? Only huggingface.co, this machine, and endpoints allowed by name; and never in plain
 * http over a network.
 */
export function mayCarryToken(endpoint: URL, allowedEndpoints: readonly string[]): boolean {
  if (isLoopback(endpoint)) return true
  if (endpoint.protocol !== 'https:') return false
  return [DEFAULT_ENDPOINT, ...allowedEndpoints].some((allowed) => URL.parse(allowed)?.origin === endpoint.origin)
}

function refuse(text: string, why: string): never {
  // Variables are easily confused, and then it is the token that stands here.
  const shown = looksLikeToken(text) ? '[secret]' : stripControlCharacters(text).slice(0, 200)
  throw new HubgateError('ERR_ENDPOINT', `Cannot use "${shown}" as the Hub's endpoint: ${why}`, { endpoint: shown })
}

export { DEFAULT_ENDPOINT, endpointText, isLoopback, mayCarryToken, parseEndpoint, tokensPage } from './endpoint.ts'
export type { Environment } from './environment.ts'
export type { Folders } from './folders.ts'
export { type LoadSettingsInputs, loadSettings } from './load-settings.ts'
export { type Notice, noticeText } from './notice.ts'
export { type Proxy, type ProxySettings, proxyFor } from './proxy.ts'
export {
  type CertificateFile,
  DEFAULT_TIMEOUT_MS,
  resolveSettings,
  type Settings,
  type SettingsFlags,
  type SettingsInputs,
  withToken,
} from './settings.ts'
export { type Exposure, exposureOf } from './shared-files.ts'
export type { Token, TokenSource } from './token.ts'
export { tokenHash } from './token-hash.ts'
export { looksLikeToken, tokenFault } from './token-shape.ts'

export { DEFAULT_ENDPOINT, endpointText, isLoopback, mayCarryToken, parseEndpoint } from './endpoint.ts'
export type { Environment } from './environment.ts'
export type { Folders } from './folders.ts'
export { type LoadSettingsInputs, loadSettings } from './load-settings.ts'
export {
  DEFAULT_TIMEOUT_MS,
  resolveSettings,
  type Settings,
  type SettingsFlags,
  type SettingsInputs,
} from './settings.ts'
export type { Token } from './token.ts'

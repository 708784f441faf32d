export type { AccessJson } from './access/access-answer.ts'
export { type AccessState, accessStates } from './access/access-state.ts'
export { type GatedLabel, type GatedModel, type GatedStatus, getGatedType, isModelGated } from './access/gated.ts'
export type { SuggestionStyle } from './catalog/format-suggestion.ts'
export type { ModelJson } from './catalog/model-json.ts'
export type { DownloadedSnapshot } from './download/download-options.ts'
export { type ErrorCode, type ErrorDetails, HubgateError, hasErrorCode } from './errors.ts'
export type { HubModel } from './hub/hub-model.ts'
export {
  type CheckAccessOptions,
  checkAccess,
  checkAccessOfMany,
  createHubgate,
  type DownloadOptions,
  downloadSnapshot,
  type FetchModelsOptions,
  type FormatSuggestionOptions,
  fetchModels,
  formatModelSuggestion,
  getModelDetails,
  getModelInfo,
  type Hubgate,
  type SuggestionModel,
} from './hubgate.ts'
export { type LoadSettingsInputs, loadSettings } from './settings/load-settings.ts'
export { resolveSettings, type Settings, type SettingsInputs } from './settings/settings.ts'

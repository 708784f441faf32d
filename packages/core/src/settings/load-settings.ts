import { readFileSync, statSync } from 'node:fs'
import { resolveFolders } from './folders.ts'
import { resolveSettings, type Settings, type SettingsInputs } from './settings.ts'

export type LoadSettingsInputs = Omit<SettingsInputs, 'configFile' | 'tokenFile' | 'storedTokensFile'>

/**
 * `resolveSettings`, with `config.json`, the token file and the stored tokens read from their places. A file that is absent
 * or cannot be read counts as absent: a home that is closed to us must not stop anybody from searching.
 * @throws {HubgateError} `ERR_SETTING`, `ERR_ENDPOINT`
 */
export function loadSettings(inputs: LoadSettingsInputs = {}): Settings {
  const { environment = {}, platform = 'linux', homeFolder = '/' } = inputs
  const folders = resolveFolders({ environment, platform, homeFolder })
  return resolveSettings({
    ...inputs,
    configFile: readIfPossible(folders.configPath),
    tokenFile: readIfPossible(folders.tokenPath),
    storedTokensFile: readIfPossible(folders.storedTokensPath),
  })
}

const MAX_FILE_BYTES = 1_000_000

function readIfPossible(file: string): string | undefined {
  try {
    // A device or a pipe in its place would never end.
    const stats = statSync(file)
    return stats.isFile() && stats.size <= MAX_FILE_BYTES ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}

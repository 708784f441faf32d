import { HubgateError } from '../errors.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import { isObject } from '../util/json.ts'

/** What a person may write into `config.json`. */
export interface ConfigFile {
  readonly endpoint?: string
  /** Endpoints, other than huggingface.co and this machine, that may be sent the token. */
  readonly allowedEndpoints?: readonly string[]
  readonly offline?: boolean
  readonly timeoutMs?: number
}

const CONFIG_KEYS = ['endpoint', 'allowedEndpoints', 'offline', 'timeoutMs'] as const

export interface ReadConfig {
  readonly config: ConfigFile
  /** Keys that mean nothing here: most often a typing mistake. */
  readonly unknownKeys: readonly string[]
}

const MAX_CONFIG_CHARACTERS = 1_000_000

/**
 * Reads the text of `config.json`.
 * @throws {HubgateError} `ERR_SETTING`, naming the file and the key at fault
 */
export function parseConfigFile(text: string, configPath: string): ReadConfig {
  const fail = (setting: string, why: string, options?: ErrorOptions): never => {
    throw new HubgateError('ERR_SETTING', `Cannot use ${configPath}: ${why}`, { setting, from: configPath }, options)
  }
  if (text.length > MAX_CONFIG_CHARACTERS) fail('config.json', 'it is far larger than a configuration')
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    fail('config.json', 'it is not valid JSON', { cause: error })
  }
  if (!isObject(value)) return fail('config.json', 'it does not hold an object')
  const { endpoint, allowedEndpoints, offline, timeoutMs } = value
  if (endpoint !== undefined && typeof endpoint !== 'string') return fail('endpoint', '"endpoint" must be a text')
  if (offline !== undefined && typeof offline !== 'boolean') return fail('offline', '"offline" must be true or false')
  if (timeoutMs !== undefined && typeof timeoutMs !== 'number') return fail('timeoutMs', '"timeoutMs" must be a number')
  if (allowedEndpoints !== undefined && !isTextList(allowedEndpoints))
    return fail('allowedEndpoints', '"allowedEndpoints" must be a list of texts')
  return {
    config: {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(allowedEndpoints === undefined ? {} : { allowedEndpoints }),
      ...(offline === undefined ? {} : { offline }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    unknownKeys: Object.keys(value)
      .filter((key) => !CONFIG_KEYS.some((known) => known === key))
      .map((key) => stripControlCharacters(key).slice(0, 60)),
  }
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}

import { HubgateError } from '../errors.ts'
import { type ConfigFile, parseConfigFile } from './config-file.ts'
import { DEFAULT_ENDPOINT, mayCarryToken, parseEndpoint } from './endpoint.ts'
import { type Environment, firstSet, isTruthy } from './environment.ts'
import { type Folders, resolveFolders } from './folders.ts'
import { chooseToken, type Token } from './token.ts'

export const DEFAULT_TIMEOUT_MS = 10_000
const MAX_TIMEOUT_MS = 24 * 3600 * 1000

/** Complete and frozen: defaults were applied and checked where these were made. */
export interface Settings {
  readonly endpoint: URL
  /** `undefined` where none was found, or where this endpoint may not be sent it. */
  readonly token: Token | undefined
  /** Why no call may go out, for people; `undefined` while calls may. */
  readonly offline: string | undefined
  /** From request to response headers. */
  readonly timeoutMs: number
  readonly folders: Folders
  readonly allowedEndpoints: readonly string[]
  readonly userAgent: string
  readonly proxy: ProxySettings
  /** Files of certificate authorities to trust besides the built-in ones. */
  readonly certificateFiles: readonly string[]
  /** One line each, for people: what was ignored or hidden, and why. */
  readonly notices: readonly string[]
}

export interface ProxySettings {
  readonly http: string | undefined
  readonly https: string | undefined
  /** Hosts to reach without a proxy, as `NO_PROXY` lists them. */
  readonly none: string | undefined
}

/** What an edge knows before anything is decided. Files are given as their text. */
export interface SettingsInputs {
  readonly environment?: Environment
  readonly flags?: SettingsFlags
  /** As `process.platform` gives it. @default 'linux' */
  readonly platform?: string
  readonly homeFolder?: string
  readonly configFile?: string | undefined
  readonly tokenFile?: string | undefined
  readonly storedTokensFile?: string | undefined
  /** Stands first in the User-Agent. @default 'hubgate' */
  readonly userAgent?: string
}

export interface SettingsFlags {
  readonly endpoint?: string
  readonly offline?: boolean
  readonly timeoutMs?: number
}

/**
 * Settles every setting: flags over environment over `config.json` over defaults. Reads no file and no environment itself.
 * @throws {HubgateError} `ERR_SETTING`, `ERR_ENDPOINT`
 */
export function resolveSettings(inputs: SettingsInputs = {}): Settings {
  const { environment = {}, flags = {}, platform = 'linux', homeFolder = '/' } = inputs
  const folders = resolveFolders({ environment, platform, homeFolder })
  const { config, unknownKeys } =
    inputs.configFile === undefined
      ? { config: {}, unknownKeys: [] }
      : parseConfigFile(inputs.configFile, folders.configPath)
  const endpoint = parseEndpoint(
    flags.endpoint ?? firstSet(environment, ['HF_ENDPOINT'])?.value ?? config.endpoint ?? DEFAULT_ENDPOINT,
  )
  const allowedEndpoints = config.allowedEndpoints ?? []
  const choice = chooseToken({
    environment,
    folders,
    tokenFile: inputs.tokenFile,
    storedTokensFile: inputs.storedTokensFile,
  })
  const tokenMayTravel = mayCarryToken(endpoint, allowedEndpoints)
  return Object.freeze({
    endpoint,
    token: tokenMayTravel ? choice.token : undefined,
    offline: whyOffline(flags, environment, config, folders),
    timeoutMs: checkedTimeout(flags, environment, config, folders),
    folders,
    allowedEndpoints,
    userAgent: inputs.userAgent ?? 'hubgate',
    proxy: {
      http: firstSet(environment, ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'])?.value,
      https: firstSet(environment, ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])?.value,
      none: firstSet(environment, ['no_proxy', 'NO_PROXY'])?.value,
    },
    // Node itself adds what NODE_EXTRA_CA_CERTS names, but only for a process that was started with it.
    certificateFiles: ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'].flatMap(
      (name) => environment[name]?.trim() || [],
    ),
    notices: [
      ...choice.notices,
      ...(choice.token !== undefined && !tokenMayTravel
        ? [
            `the token is not sent to ${endpoint.host}: allow it with \`hubgate token allow-endpoint ${endpoint.origin}\``,
          ]
        : []),
      ...unknownKeys.map((key) => `${folders.configPath} has an unknown key "${key}"`),
    ],
  })
}

function whyOffline(
  flags: SettingsFlags,
  environment: Environment,
  config: ConfigFile,
  folders: Folders,
): string | undefined {
  if (flags.offline !== undefined) return flags.offline ? 'asked for offline' : undefined
  const variable = ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find(
    (name) => environment[name] !== undefined && environment[name] !== '',
  )
  if (variable !== undefined) return isTruthy(environment[variable]) ? `${variable} is set` : undefined
  return config.offline ? `"offline" is set in ${folders.configPath}` : undefined
}

function checkedTimeout(flags: SettingsFlags, environment: Environment, config: ConfigFile, folders: Folders): number {
  const fromEnvironment = firstSet(environment, ['HF_HUB_ETAG_TIMEOUT'])
  const [value, from] =
    flags.timeoutMs !== undefined
      ? [flags.timeoutMs, 'the command line']
      : fromEnvironment
        ? [Number(fromEnvironment.value) * 1000, fromEnvironment.name]
        : [config.timeoutMs ?? DEFAULT_TIMEOUT_MS, folders.configPath]
  if (value > 0 && value <= MAX_TIMEOUT_MS) return value
  throw new HubgateError(
    'ERR_SETTING',
    `Cannot use a timeout of ${value} ms from ${from}: it must be above 0 and at most a day`,
    { setting: 'timeoutMs', from },
  )
}

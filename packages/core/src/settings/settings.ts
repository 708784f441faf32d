import { HubgateError } from '../errors.ts'
import { type ConfigFile, parseConfigFile, type ReadConfig } from './config-file.ts'
import { DEFAULT_ENDPOINT, mayCarryToken, parseEndpoint } from './endpoint.ts'
import { type Environment, firstSet, isTruthy } from './environment.ts'
import { type Folders, resolveFolders } from './folders.ts'
import type { Notice } from './notice.ts'
import { type ProxySettings, readProxySettings } from './proxy.ts'
import { chooseToken, type Token, type TokenSource } from './token.ts'

export const DEFAULT_TIMEOUT_MS = 10_000
const MAX_TIMEOUT_MS = 24 * 3600 * 1000

/** Complete and frozen: defaults were applied and checked where these were made. */
export interface Settings {
  readonly endpoint: URL
  /** `undefined` where none was found, or where this endpoint may not be sent it. */
  readonly token: Token | undefined
  /** Every place where a token was found, the one that is used first. */
  readonly tokenSources: readonly TokenSource[]
  /** Why no call may go out, for people; `undefined` while calls may. */
  readonly offline: string | undefined
  /** From request to response headers. */
  readonly timeoutMs: number
  readonly folders: Folders
  /** May the cache hold symbolic links? `false` where `HF_HUB_DISABLE_SYMLINKS` is set. */
  readonly mayLink: boolean
  readonly allowedEndpoints: readonly string[]
  readonly userAgent: string
  readonly proxy: ProxySettings
  /** Files of certificate authorities to trust besides the built-in ones. */
  readonly certificateFiles: readonly CertificateFile[]
  /** What was ignored or hidden, and why. */
  readonly notices: readonly Notice[]
}

export interface CertificateFile {
  readonly path: string
  /** The variable it came from, or several. */
  readonly from: string
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
  /**
   * Told of each setting that cannot be used, which is then passed over: for looking at a broken set-up. Where the endpoint is
   * in doubt nobody is asked.
   * @default it is thrown
   */
  readonly onFault?: (fault: HubgateError) => void
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
  const orFault = faultHandler(inputs.onFault)
  const read = orFault(() => readConfig(inputs.configFile, folders))
  const { config, unknownKeys } = read ?? { config: {}, unknownKeys: [] }
  const given = flags.endpoint ?? firstSet(environment, ['HF_ENDPOINT'])?.value ?? config.endpoint
  // A configuration that cannot be read may have named another endpoint.
  const isKnown = given !== undefined || read !== undefined
  const settled = isKnown ? orFault(() => parseEndpoint(given ?? DEFAULT_ENDPOINT)) : undefined
  const endpoint = settled ?? new URL(DEFAULT_ENDPOINT)
  const allowedEndpoints = config.allowedEndpoints ?? []
  const { tokenFile, storedTokensFile } = inputs
  const choice = chooseToken({ environment, folders, tokenFile, storedTokensFile })
  const tokenMayTravel = settled !== undefined && mayCarryToken(endpoint, allowedEndpoints)
  return Object.freeze({
    endpoint,
    token: tokenMayTravel ? choice.token : undefined,
    tokenSources: choice.sources,
    offline: settled === undefined ? 'the endpoint is not settled' : whyOffline(flags, environment, config, folders),
    timeoutMs: orFault(() => checkedTimeout(flags, environment, config, folders)) ?? DEFAULT_TIMEOUT_MS,
    folders,
    allowedEndpoints,
    mayLink: !isTruthy(environment['HF_HUB_DISABLE_SYMLINKS']),
    userAgent: inputs.userAgent ?? 'hubgate',
    proxy: readProxySettings(environment),
    certificateFiles: certificateFiles(environment),
    notices: [
      ...choice.notices,
      ...(choice.token !== undefined && settled !== undefined && !tokenMayTravel ? [whyKept(endpoint)] : []),
      ...unknownKeys.map(
        (key): Notice => ({
          text: `${folders.configPath} has an unknown key "${key}"`,
          remedy: 'correct its spelling or take it out',
        }),
      ),
    ],
  })
}

/** These settings with another token, or without one where the endpoint may not be sent it. */
export function withToken(settings: Settings, token: Token): Settings {
  const mayTravel = mayCarryToken(settings.endpoint, settings.allowedEndpoints)
  return Object.freeze({
    ...settings,
    token: mayTravel ? token : undefined,
    tokenSources: [{ from: token.from, state: 'chosen' as const }],
  })
}

type OrFault = <T>(settle: () => T) => T | undefined

function faultHandler(onFault: SettingsInputs['onFault']): OrFault {
  return (settle) => {
    try {
      return settle()
    } catch (error) {
      if (onFault === undefined || !(error instanceof HubgateError)) throw error
      onFault(error)
      return undefined
    }
  }
}

function readConfig(text: string | undefined, folders: Folders): ReadConfig {
  return text === undefined ? { config: {}, unknownKeys: [] } : parseConfigFile(text, folders.configPath)
}

/** Node itself adds what NODE_EXTRA_CA_CERTS names, but only for a process that was started with it. */
function certificateFiles(environment: Environment): CertificateFile[] {
  const named = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'].flatMap((from) => {
    const path = environment[from]?.trim()
    return path === undefined || path === '' ? [] : [{ path, from }]
  })
  return [...Map.groupBy(named, ({ path }) => path)].map(([path, group]) => {
    return { path, from: group.map(({ from }) => from).join(', ') }
  })
}

function whyKept({ protocol, host, origin }: URL): Notice {
  return protocol === 'https:'
    ? { text: `the token is not sent to ${host}`, remedy: `allow it with \`hubgate token allow-endpoint ${origin}\`` }
    : {
        text: `the token is not sent to ${host}, where over plain http anybody on the way could read it`,
        remedy: 'use its https address',
      }
}

function whyOffline(
  flags: SettingsFlags,
  environment: Environment,
  config: ConfigFile,
  folders: Folders,
): string | undefined {
  if (flags.offline !== undefined) return flags.offline ? 'offline mode was asked for' : undefined
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

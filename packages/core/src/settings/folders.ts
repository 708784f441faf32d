import path from 'node:path'
import { type Environment, firstSet } from './environment.ts'

export interface FolderInputs {
  readonly environment: Environment
  /** As `process.platform` gives it. */
  readonly platform: string
  readonly homeFolder: string
}

/** Where things lie on this machine. Nothing here says that any of it exists. */
export interface Folders {
  /** Hubgate's own state and `config.json`. */
  readonly hubgateHome: string
  readonly configPath: string
  /** Which tokens Hubgate itself wrote, and where. */
  readonly writtenTokensPath: string
  /** Root of what all Hugging Face tools share. */
  readonly hfHome: string
  readonly hubCache: string
  readonly tokenPath: string
  /** All tokens that `hf auth login` was given, an INI file beside the token. */
  readonly storedTokensPath: string
}

/**
 * Folders by the conventions of Hugging Face and of the platform.
 * @see hub-protocol 8.1: `HF_HOME`, `HF_HUB_CACHE` (older `HUGGINGFACE_HUB_CACHE`), `HF_TOKEN_PATH`, `XDG_CACHE_HOME`
 */
export function resolveFolders(inputs: FolderInputs): Folders {
  const at = (...names: string[]): string | undefined => {
    const set = firstSet(inputs.environment, names)
    return set && expandPath(set.value.trim(), inputs)
  }
  const paths = pathsOf(inputs.platform)
  const hfHome =
    at('HF_HOME') ?? paths.join(at('XDG_CACHE_HOME') ?? paths.join(inputs.homeFolder, '.cache'), 'huggingface')
  const tokenPath = at('HF_TOKEN_PATH') ?? paths.join(hfHome, 'token')
  const hubgateHome = at('HUBGATE_HOME') ?? paths.join(dataFolder(inputs), 'hubgate')
  return {
    hubgateHome,
    configPath: paths.join(hubgateHome, 'config.json'),
    writtenTokensPath: paths.join(hubgateHome, 'written-tokens.json'),
    hfHome,
    hubCache: at('HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE') ?? paths.join(hfHome, 'hub'),
    tokenPath,
    storedTokensPath: paths.join(paths.dirname(tokenPath), 'stored_tokens'),
  }
}

function dataFolder(inputs: FolderInputs): string {
  const { environment, homeFolder, platform } = inputs
  const paths = pathsOf(platform)
  if (platform === 'win32')
    return firstSet(environment, ['LOCALAPPDATA'])?.value ?? paths.join(homeFolder, 'AppData', 'Local')
  if (platform === 'darwin') return paths.join(homeFolder, 'Library', 'Application Support')
  const xdg = firstSet(environment, ['XDG_DATA_HOME'])
  return xdg ? expandPath(xdg.value.trim(), inputs) : paths.join(homeFolder, '.local', 'share')
}

/** `~` and references to variables, as Python's `expanduser` and `expandvars` read them; an unknown variable stays as written. */
function expandPath(text: string, { environment, homeFolder, platform }: FolderInputs): string {
  const expanded = text
    .replace(
      /\$\{(\w+)\}|\$(\w+)/g,
      (written, braced?: string, bare?: string) => environment[braced ?? bare ?? ''] ?? written,
    )
    .replace(/^~(?=$|[/\\])/, () => homeFolder)
  return pathsOf(platform).resolve(expanded)
}

function pathsOf(platform: string): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix
}

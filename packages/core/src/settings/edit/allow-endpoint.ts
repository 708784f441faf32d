import { readFile } from 'node:fs/promises'
import { HubgateError } from '../../errors.ts'
import { isLoopback, parseEndpoint } from '../endpoint.ts'
import type { Folders } from '../folders.ts'
import { withAllowedEndpoint, withoutAllowedEndpoint } from './config-edit.ts'
import { writePrivateFile } from './private-file.ts'

/**
 * The origin that an endpoint is allowed by: scheme, host and port, whatever its path.
 * @throws {HubgateError} `ERR_ENDPOINT` for what is no endpoint, and for plain http to another machine
 */
export function allowableOrigin(text: string): string {
  const endpoint = parseEndpoint(text)
  if (endpoint.protocol === 'https:' || isLoopback(endpoint)) return endpoint.origin
  throw new HubgateError(
    'ERR_ENDPOINT',
    `Cannot allow ${endpoint.origin}: over plain http anybody on the way could read the token; use https`,
    { endpoint: endpoint.origin },
  )
}

/**
 * Lets the token go to this origin, by writing it into `config.json`.
 * @returns whether that changed anything
 * @throws {HubgateError} `ERR_SETTING`, `ERR_WRITE`
 */
export function allowEndpoint(folders: Folders, origin: string): Promise<boolean> {
  return rewriteConfig(folders, (text) => withAllowedEndpoint(text, origin, folders.configPath))
}

/** Takes that back. @returns whether it changed anything @throws {HubgateError} `ERR_SETTING`, `ERR_WRITE` */
export function disallowEndpoint(folders: Folders, origin: string): Promise<boolean> {
  return rewriteConfig(folders, (text) => withoutAllowedEndpoint(text, origin, folders.configPath))
}

async function rewriteConfig(
  { configPath }: Folders,
  change: (text: string | undefined) => string | undefined,
): Promise<boolean> {
  const text = change(await readConfig(configPath))
  if (text !== undefined) await writePrivateFile(configPath, text)
  return text !== undefined
}

async function readConfig(configPath: string): Promise<string | undefined> {
  try {
    return await readFile(configPath, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    const details = { setting: 'config.json', from: configPath }
    throw new HubgateError('ERR_SETTING', `Cannot use ${configPath}: it cannot be read`, details, { cause: error })
  }
}

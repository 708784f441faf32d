import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { workspaceRoot } from '../../scripts/pinned-node.mjs'
import { preparePeers } from '../peers.ts'
import { JS_CLIENT, prepareJsClient } from './js-client.ts'
import type { Contender } from './measure.ts'
import { hubEnvironment, type StaticHub } from './static-hub.ts'

/** A contender that fetches `bench/model` from a Hub. */
export interface Downloader {
  readonly name: string
  /** Does it compare what came with its hash? */
  readonly verifies: boolean
  readonly isHubClient: boolean
  from(hub: StaticHub): Contender
}

const MODEL = 'bench/model'
const bin = path.join(workspaceRoot, 'packages', 'cli', 'bin', 'hubgate.js')
const jsClient = fileURLToPath(new URL('get-with-js-client.mjs', import.meta.url))

/** `hubgate get`, of the built command. */
export const hubgate: Downloader = hubClient('hubgate get', true, () => [process.execPath, bin, 'get', MODEL, '--all'])

/** Others that know the Hub, as far as they can be installed here; says which cannot. None of them verifies what came. */
export async function prepareHubClients(): Promise<readonly Downloader[]> {
  const python = await preparePeers()
  const hf = (name: string, extra: Record<string, string>): Downloader[] =>
    python === undefined ? [] : [hubClient(name, false, () => [python.hf, 'download', MODEL, '--quiet'], extra)]
  const module = prepareJsClient()
  return [
    ...hf(`hf download ${python?.version}, HF_HUB_DISABLE_XET=1`, { HF_HUB_DISABLE_XET: '1' }),
    ...hf(`hf download ${python?.version}, as installed`, {}),
    ...(module === undefined ? [] : [jsDownloader(module)]),
  ]
}

function jsDownloader(module: string): Downloader {
  return hubClient(JS_CLIENT, false, (folder, { endpoint }) => {
    const cache = path.join(folder, 'hf', 'hub')
    return [process.execPath, jsClient, module, endpoint, MODEL, cache]
  })
}

/** Programs that know URLs only, each followed by a hash: they verify, given somebody to compare. */
export function plainDownloaders(file: string): readonly Downloader[] {
  const curl = (hub: StaticHub): string => `curl --silent --fail --output file ${hub.store}/${file}`
  const aria2c = (hub: StaticHub): string =>
    `aria2c --quiet --no-conf --split=8 --max-connection-per-server=8 --min-split-size=1M --out=file ${hub.store}/${file}`
  return [
    shell('curl, then sha256sum', ['curl', 'sha256sum'], (hub) => `${curl(hub)} && sha256sum file`),
    shell('curl, then openssl dgst', ['curl', 'openssl'], (hub) => `${curl(hub)} && openssl dgst -sha256 file`),
    shell('aria2c -x8, then sha256sum', ['aria2c', 'sha256sum'], (hub) => `${aria2c(hub)} && sha256sum file`),
  ].flat()
}

type Command = readonly [file: string, ...args: string[]]

function hubClient(
  name: string,
  verifies: boolean,
  command: (folder: string, hub: StaticHub) => Command,
  extra: Readonly<Record<string, string>> = {},
): Downloader {
  const from = (hub: StaticHub): Contender => ({
    name,
    command: (folder) => command(folder, hub),
    environment: (folder) => ({ ...hubEnvironment(hub, folder), ...extra }),
  })
  return { name, verifies, isHubClient: true, from }
}

function shell(name: string, needs: readonly string[], script: (hub: StaticHub) => string): Downloader[] {
  const missing = needs.filter((program) => spawnSync(program, ['--version']).error !== undefined)
  if (missing.length > 0) {
    process.stderr.write(`skipped: ${missing.join(', ')} is not installed here, so "${name}" is not measured\n`)
    return []
  }
  const from = (hub: StaticHub): Contender => ({
    name,
    command: (folder) => ['sh', '-c', `cd "$1" && ${script(hub)}`, 'sh', folder],
  })
  return [{ name, verifies: true, isHubClient: false, from }]
}

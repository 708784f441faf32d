import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type HubEmulator, type HubEmulatorOptions, startHubEmulator } from 'hub-emulator'
import type { DownloadSnapshotOptions } from '../../src/download/download-options.ts'
import type { DownloadEvent } from '../../src/download/events.ts'
import { HubClient } from '../../src/hub/client.ts'
import { resolveSettings } from '../../src/settings/settings.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { createTemporaryFolder } from '../cache/temporary-folder.ts'

export type Files = NonNullable<NonNullable<HubEmulatorOptions['models']>[number]['files']>

/** A Hub with one model, `acme/tiny`, an empty home, and what a download of it needs. */
export interface DownloadStage extends AsyncDisposable {
  readonly hub: HubEmulator
  readonly hubCache: string
  readonly home: string
  readonly store: Store
  readonly events: DownloadEvent[]
  options(changes?: Partial<DownloadSnapshotOptions>): DownloadSnapshotOptions
  client(environment?: Record<string, string>): HubClient
  /** Everything in the cache: path to content, or what a link leads to. */
  cacheFiles(): Promise<Record<string, string>>
}

export async function stageDownload(
  files: Files,
  model: Partial<NonNullable<HubEmulatorOptions['models']>[number]> = {},
  options: HubEmulatorOptions = {},
): Promise<DownloadStage> {
  await using stack = new AsyncDisposableStack()
  const models = [{ id: 'acme/tiny', files, ...model }]
  const hub = stack.use(await startHubEmulator({ wellKnown: false, syntheticModels: 0, models, ...options }))
  const home = stack.use(await createTemporaryFolder()).path
  const store = stack.use(await openStore({ folder: path.join(home, 'hubgate'), runsIn: 'here' }))
  const events: DownloadEvent[] = []
  const makeClient = (environment: Record<string, string> = {}): HubClient =>
    new HubClient(
      resolveSettings({
        environment: {
          HF_ENDPOINT: hub.endpoint,
          HF_TOKEN: 'hf_test_ada_read',
          HF_HOME: home,
          HUBGATE_HOME: path.join(home, 'hubgate'),
          ...environment,
        },
      }),
    )
  const client = stack.use(makeClient())
  const all = stack.move()
  return {
    hub,
    home,
    hubCache: path.join(home, 'hub'),
    store,
    events,
    options: (changes = {}) => ({
      client,
      store,
      onEvent: (event) => void events.push(event),
      stallMs: 500,
      ...changes,
    }),
    client: (environment) => all.use(makeClient(environment)),
    cacheFiles: () => readAll(path.join(home, 'hub')),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function readAll(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files: Record<string, string> = {}
  for (const entry of entries) {
    if (entry.isDirectory()) continue
    const place = path.join(entry.parentPath, entry.name)
    files[path.relative(folder, place)] = await readFile(place, 'latin1').catch(() => 'leads nowhere')
  }
  return files
}

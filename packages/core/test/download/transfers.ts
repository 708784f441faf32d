import path from 'node:path'
import { type HubEmulator, type HubEmulatorOptions, startHubEmulator } from 'hub-emulator'
import { realDisk } from '../../src/cache/disk.ts'
import { ByteLimiter } from '../../src/download/byte-limiter.ts'
import { ConnectionBudget } from '../../src/download/connection-budget.ts'
import { remoteFiles } from '../../src/download/plan-snapshot.ts'
import type { FileReport, Transfer, TransferFile } from '../../src/download/transfer.ts'
import { Hasher } from '../../src/hashing/hasher.ts'
import { HubClient } from '../../src/hub/client.ts'
import { listTree } from '../../src/hub/tree.ts'
import { resolveSettings } from '../../src/settings/settings.ts'
import { createTemporaryFolder } from '../cache/temporary-folder.ts'

export interface Reports {
  resumedBytes: number
  fetchedBytes: number
  mismatches: number
  readonly waits: string[]
}

/** A Hub with one model, `acme/tiny`, and all that its files need to be fetched by. */
export interface TransferStage extends AsyncDisposable {
  readonly hub: HubEmulator
  readonly reports: Reports
  transfer(changes?: Partial<Transfer>): Transfer
  file(name: string): TransferFile
}

type Files = NonNullable<NonNullable<HubEmulatorOptions['models']>[number]['files']>

export async function stageTransfer(files: Files, options: HubEmulatorOptions = {}): Promise<TransferStage> {
  await using stack = new AsyncDisposableStack()
  const hub = stack.use(
    await startHubEmulator({ wellKnown: false, syntheticModels: 0, models: [{ id: 'acme/tiny', files }], ...options }),
  )
  const folder = stack.use(await createTemporaryFolder())
  const settings = resolveSettings({ environment: { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_test_ada_read' } })
  const client = stack.use(new HubClient(settings))
  const hasher = stack.use(new Hasher())
  const reports: Reports = { resumedBytes: 0, fetchedBytes: 0, mismatches: 0, waits: [] }
  const [commitHash = ''] = hub.admin.commits({ model: 'acme/tiny' })
  const entries = (await Array.fromAsync(listTree(client, 'acme/tiny'))).flatMap((page) => page.entries)
  const all = stack.move()
  return {
    hub,
    reports,
    transfer: (changes = {}) => ({
      client,
      disk: realDisk,
      budget: new ConnectionBudget(),
      limiter: new ByteLimiter(Infinity),
      hasher,
      maxConnectionsPerFile: 8,
      stallMs: 500,
      reached: new Set(),
      patienceMs: undefined,
      signal: new AbortController().signal,
      ...changes,
    }),
    file(name) {
      const entry = remoteFiles(entries).find((file) => file.path === name)
      if (entry?.etag === undefined) throw new Error(`no file ${name}`)
      const { etag, sizeBytes } = entry
      const partialPath = path.join(folder.path, `${etag}.hubgate.incomplete`)
      const journalPath = path.join(folder.path, `${etag}.hubgate.journal.incomplete`)
      const where = { modelId: 'acme/tiny', revision: commitHash, path: name }
      return { ...where, etag, sizeBytes, partialPath, journalPath, rank: 0, report: reporting(reports) }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

function reporting(reports: Reports): FileReport {
  return {
    resumed: (bytes) => void (reports.resumedBytes += bytes),
    fetched: (bytes) => void (reports.fetchedBytes += bytes),
    waiting: ({ failure }) => void reports.waits.push(String(failure)),
    mismatch: () => void (reports.mismatches += 1),
  }
}

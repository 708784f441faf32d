import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Repositories } from './repositories.ts'
import { type Channel, openChannel } from './sqlite/channel.ts'
import { STATE_FILE } from './sqlite/state-file.ts'

/**
 * Shared mutable state. Nothing is opened before the first call. Calls are answered in the order they were made.
 * @throws {HubgateError} from any call: `ERR_STORE` (disk full, locked, unreadable), `ERR_STORE_NEWER`
 */
export interface Store extends Repositories, AsyncDisposable {
  /** One line each, for people: what had to be done to open the store. Grows as things happen; complete for what was answered. */
  readonly notices: readonly string[]
  /** For who knows that calls will come: begins to load what answers them. Touches nothing on disk, and says nothing of failing. */
  warmUp(): void
}

export interface StoreOptions {
  /** Where `state.db` lies; made when needed. `undefined` keeps everything in memory. */
  readonly folder: string | undefined
  /** For tests. @default the clock of this machine, read when a call gets its turn */
  readonly now?: () => Date
  /**
   * Where the folder cannot be used, or holds the database of a newer Hubgate: go on in memory and say so in `notices`, or throw.
   * @default true
   */
  readonly inMemoryIfUnusable?: boolean
  /**
   * `worker`: in a thread of its own, so that a slow disk never holds up this one. `here`: in this thread, for a short-lived
   * process that would wait longer for the thread than for the disk.
   * @default 'worker', and 'here' for a store in memory
   */
  readonly runsIn?: 'worker' | 'here'
}

/** Was anything ever kept there? Told without opening it, so that a run which only reads need not make it. */
export function hasStore(folder: string): boolean {
  return existsSync(path.join(folder, STATE_FILE))
}

/**
 * Opens the store. Several processes may have the same folder open.
 * @example await using store = await openStore({ folder: settings.folders.hubgateHome })
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, now, inMemoryIfUnusable = true } = options
  const { runsIn = folder === undefined ? 'here' : 'worker' } = options
  const notices: string[] = []
  let channel: Promise<Channel> | undefined
  let isClosed = false
  const connect = (): Promise<Channel> => (channel ??= openChannel({ folder, inMemoryIfUnusable, runsIn }))
  const call: Call = async (request) => {
    if (isClosed) throw new Error('Cannot use the store: it is closed')
    const answer = await (await connect()).call({ ...request, nowMs: now?.().getTime() })
    notices.push(...answer.notices)
    return answer.value
  }
  return {
    access: repository('access', call),
    jobs: repository('jobs', call),
    leases: repository('leases', call),
    live: repository('live', call),
    rateBudget: repository('rateBudget', call),
    watches: repository('watches', call),
    whoami: repository('whoami', call),
    notices,
    // Who calls hears of it.
    warmUp: () => void connect().catch(() => undefined),
    async [Symbol.asyncDispose]() {
      isClosed = true
      await (await channel)?.close()
    },
  }
}

type Call = (request: { repository: keyof Repositories; method: string; args: readonly unknown[] }) => Promise<unknown>

/** Each method of that name, wherever the database runs. */
function repository<Name extends keyof Repositories>(name: Name, call: Call): Repositories[Name] {
  const methods = new Proxy(
    {},
    {
      get: (_, method) =>
        // Whoever awaits the repository itself must not take it for a promise.
        typeof method === 'string' && method !== 'then'
          ? (...args: unknown[]) => call({ repository: name, method, args })
          : undefined,
    },
  )
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sqlite/operate.ts holds exactly these methods
  return methods as Repositories[Name]
}

import {
  Backlog,
  type CatalogSource,
  createLiveBudget,
  curatedList,
  curatedSource,
  type LiveBudget,
  rememberingSources,
} from '@hubgate/core/catalog'
import { HubClient, type HubClientOptions, type HubSender } from '@hubgate/core/hub'
import { endpointText } from '@hubgate/core/settings'
import { hasStore, openStore, type Store } from '@hubgate/core/store'
import type { Context } from './context.ts'

/** All that knows models: what needs no network, the Hub, and what it told before. */
export interface OpenCatalog extends AsyncDisposable {
  readonly locals: readonly CatalogSource[]
  /** `undefined` in offline mode. */
  readonly live: CatalogSource | undefined
  readonly client: HubClient
  /** Asks as `live` does: only whether what the Hub said before still holds. */
  readonly asking: HubSender
  readonly store: Store
  /** Was anything kept before this run? */
  readonly isKept: boolean
  /** Waits until what the Hub told is kept. Gives what people should know of it, a line each. */
  settle(): Promise<readonly string[]>
  /** What searching while typing may spend. */
  readonly budget: LiveBudget
}

export interface CatalogOptions extends Pick<HubClientOptions, 'onWait' | 'maxWaitMs'> {
  /** `here` for a command that ends at once: a thread would start longer than it works. */
  readonly storeRunsIn: 'worker' | 'here'
}

export async function openCatalog(context: Context, options: CatalogOptions): Promise<OpenCatalog> {
  const { settings, now } = context
  const { storeRunsIn, ...clientOptions } = options
  const folder = settings.folders.hubgateHome
  const store = await openStore({ folder, runsIn: storeRunsIn })
  const client = new HubClient(settings, { ...clientOptions, onRateLimit: (limit) => budget.learn(limit) })
  // A run that finds nothing kept does not make a database only to look into it.
  const isKept = hasStore(folder)
  const scope = {
    endpoint: endpointText(settings.endpoint),
    account: settings.token === undefined ? '' : isKept ? await findAccount(client, store) : undefined,
  }
  const backlog = new Backlog()
  const shared = scope.account === undefined ? undefined : { rateBudget: store.rateBudget, backlog }
  const budget = createLiveBudget({ ...scope, account: scope.account ?? '', shared, now })
  const remembering = rememberingSources({ ...scope, sender: client, live: store.live, backlog, now })
  return {
    locals: [curatedSource(curatedList()), ...(isKept ? [remembering.kept] : [])],
    live: settings.offline === undefined ? remembering.live : undefined,
    client,
    asking: remembering.asking,
    store,
    isKept,
    budget,
    async settle() {
      await backlog[Symbol.asyncDispose]()
      const { failure } = backlog
      return [...store.notices, ...(failure === undefined ? [] : [`what the Hub told is not kept: ${failure.message}`])]
    },
    async [Symbol.asyncDispose]() {
      await backlog[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await client[Symbol.asyncDispose]()
    },
  }
}

/** Whose token this is, where that was asked before: a search does not ask for it. */
async function findAccount(client: HubClient, store: Store): Promise<string | undefined> {
  const { keptCaller } = await import('@hubgate/core/access/check')
  const caller = await keptCaller({ client, store })
  return caller.kind === 'account' ? caller.account.name : undefined
}

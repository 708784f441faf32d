import { openStore, type Store } from '@hubgate/core/store'
import type { Context } from '../context.ts'

/** What Hubgate remembers between commands. Where its folder cannot be used, this command remembers nothing, and says so. */
export function openStateStore({ settings }: Context): Promise<Store> {
  return openStore({ folder: settings.folders.hubgateHome })
}

/** The queue is there to be found again: where its folder cannot be used, there is none. */
export function openQueueStore({ settings }: Context, runsIn: 'worker' | 'here'): Promise<Store> {
  return openStore({ folder: settings.folders.hubgateHome, runsIn, inMemoryIfUnusable: false })
}

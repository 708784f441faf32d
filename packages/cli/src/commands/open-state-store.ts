import { openStore, type Store } from '@hubgate/core/store'
import type { Context } from '../context.ts'

/** What Hubgate remembers between commands. Where its folder cannot be used, this command remembers nothing, and says so. */
export function openStateStore({ settings, now }: Context): Promise<Store> {
  return openStore({ folder: settings.folders.hubgateHome, now })
}

/** The queue is there to be found again: where its folder cannot be used, there is none. */
export function openQueueStore({ settings, now }: Context, runsIn: 'worker' | 'here'): Promise<Store> {
  return openStore({ folder: settings.folders.hubgateHome, now, runsIn, inMemoryIfUnusable: false })
}

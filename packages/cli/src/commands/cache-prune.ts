import { planPrune } from '@hubgate/core/cache'
import type { Context } from '../context.ts'
import type { Invocation } from '../program.ts'
import { scanWithStatus } from './cache-ls.ts'
import { showAndRemove } from './cache-remove.ts'

/** Removes what no snapshot needs: unfinished downloads, broken links, refs to nothing, content nothing uses. */
export async function cachePrune(context: Context, { options }: Invocation): Promise<number> {
  const { repos } = await scanWithStatus(context)
  const detached = options['detached'] === true
  return showAndRemove(context, repos, (some) => planPrune(some, { now: context.now(), detached }), options)
}

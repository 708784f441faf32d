import { findCached, planRemoveRepo, planRemoveRevisions } from '@hubgate/core/cache'
import type { Context } from '../context.ts'
import type { Invocation } from '../program.ts'
import { scanWithStatus } from './cache-ls.ts'
import { showAndRemove } from './cache-remove.ts'

/** Removes repos, or revisions of them, from the cache. */
export async function cacheRm(context: Context, { words, options }: Invocation): Promise<number> {
  const scan = await scanWithStatus(context)
  const selections = words.map((word) => findCached(scan, word))
  const plans = [...Map.groupBy(selections, ({ repo }) => repo)].map(([repo, chosen]) => {
    const revisions = chosen.flatMap(({ revision }) => revision ?? [])
    return revisions.length < chosen.length ? planRemoveRepo(repo) : planRemoveRevisions(repo, [...new Set(revisions)])
  })
  const plan = { removals: plans.flatMap(({ removals }) => removals), spared: plans.flatMap(({ spared }) => spared) }
  return showAndRemove(context, plan, options)
}

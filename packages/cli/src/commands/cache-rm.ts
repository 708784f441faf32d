import { type CachedRepo, findCached, planRemoveRepo, planRemoveRevisions, type RemovalPlan } from '@hubgate/core/cache'
import type { Context } from '../context.ts'
import type { Invocation } from '../program.ts'
import { scanWithStatus } from './cache-ls.ts'
import { showAndRemove } from './cache-remove.ts'

/** Removes repos, or revisions of them, from the cache. */
export async function cacheRm(context: Context, { words, options }: Invocation): Promise<number> {
  const scan = await scanWithStatus(context)
  const chosen = new Map<string, Set<string> | 'all'>()
  for (const { repo, revision } of words.map((word) => findCached(scan, word))) {
    const before = chosen.get(repo.folder)
    if (revision === undefined || before === 'all') chosen.set(repo.folder, 'all')
    else chosen.set(repo.folder, (before ?? new Set()).add(revision.commitHash))
  }
  const repos = scan.repos.filter(({ folder }) => chosen.has(folder))
  return showAndRemove(context, repos, (some) => planRemovals(some, chosen), options)
}

/** @param chosen commits of each repo's folder */
function planRemovals(
  repos: readonly CachedRepo[],
  chosen: ReadonlyMap<string, ReadonlySet<string> | 'all'>,
): RemovalPlan {
  const removals = repos.flatMap((repo) => {
    const commits = chosen.get(repo.folder) ?? new Set()
    if (commits === 'all') return planRemoveRepo(repo).removals
    return planRemoveRevisions(
      repo,
      repo.revisions.filter(({ commitHash }) => commits.has(commitHash)),
    ).removals
  })
  return { removals, spared: [] }
}

import { type CachedRepo, type CacheScan, findCached, scanCache } from '@hubgate/core/cache'
import { stripControlCharacters } from '@hubgate/core/util'
import { type Context, note } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { cachedRepoJson, cacheScanJson } from '../views/cache-json.ts'
import { cachedRepoColumns, cachedRevisionColumns, describeLeftovers, displayName } from '../views/cache-table.ts'
import { jsonPage } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'
import { printLines, printTable } from '../views/print.ts'
import { countText } from '../views/progress-text.ts'
import { formatBytes } from '../views/quantities.ts'
import { createStatusLine } from '../views/status-line.ts'

/** What lies in the cache: all repos, or the revisions of some. */
export async function cacheLs(context: Context, { words, options }: Invocation): Promise<number> {
  const scan = await scanWithStatus(context)
  const isJson = options['json'] === true
  if (words.length === 0) listRepos(context, scan, String(options['sort']), isJson)
  else {
    const repos = words.map((word) => findCached(scan, word).repo)
    if (isJson) context.out.write(jsonPage(repos.map(cachedRepoJson)))
    else for (const [index, repo] of repos.entries()) showRepo(context, repo, index > 0)
  }
  return EXIT_CODES.done
}

export async function scanWithStatus(context: Context): Promise<CacheScan> {
  using status = createStatusLine(context.err)
  status.show('reading the cache')
  return scanCache(context.settings.folders.hubCache, context.signal)
}

function listRepos(context: Context, scan: CacheScan, sort: string, isJson: boolean): void {
  const { out } = context
  const repos = scan.repos.toSorted(orders[sort] ?? bySize)
  if (isJson) return out.write(jsonPage(cacheScanJson({ ...scan, repos })))
  if (repos.length === 0) {
    note(context, `Nothing is cached in ${scan.hubCache}.`)
  } else {
    printTable(context, cachedRepoColumns(context.now()), repos)
    const total = repos.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    note(context, `${countText(repos.length, 'repo')} in ${scan.hubCache}: ${formatBytes(total)}`)
  }
  if (scan.sharedStoreBytes > 0)
    note(
      context,
      `note: ${formatBytes(scan.sharedStoreBytes)} of it in the store that huggingface_hub shares between repos`,
    )
  noteTrouble(context, repos)
  for (const stranger of scan.strangers) note(context, `note: ${stranger} belongs to no repo`)
}

const bySize = (a: CachedRepo, b: CachedRepo): number => b.sizeBytes - a.sizeBytes
const orders: Readonly<Record<string, (a: CachedRepo, b: CachedRepo) => number>> = {
  size: bySize,
  used: (a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime(),
  name: (a, b) => (displayName(a).toLowerCase() < displayName(b).toLowerCase() ? -1 : 1),
}

function noteTrouble(context: Context, repos: readonly CachedRepo[]): void {
  const leftovers = describeLeftovers(repos.flatMap((repo) => repo.leftovers))
  if (leftovers !== undefined) note(context, `note: ${leftovers}: \`hubgate cache prune\` removes them`)
  for (const repo of repos.filter(({ problems }) => problems.length > 0)) {
    const [first] = repo.problems
    const more = repo.problems.length > 1 ? ` and ${repo.problems.length - 1} more` : ''
    note(context, `note: ${displayName(repo)} is not whole: ${first?.kind} ${first?.path}${more}`)
  }
}

function showRepo(context: Context, repo: CachedRepo, isNext: boolean): void {
  const heading = `${displayName(repo)}  ${formatBytes(repo.sizeBytes)}  ${stripControlCharacters(repo.folder)}`
  printLines(context, [...(isNext ? [''] : []), createPaint(context.out.color)(heading, 'bold')])
  printTable(context, cachedRevisionColumns(context.now()), repo.revisions)
  noteTrouble(context, [repo])
}

import { type CachedRepo, findCached, planRemoveContent, type VerifyReport, verifyRepo } from '@hubgate/core/cache'
import { HashPool } from '@hubgate/core/hashing'
import { stripControlCharacters } from '@hubgate/core/util'
import { type Context, note } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { displayName } from '../views/cache-table.ts'
import { jsonPage } from '../views/json.ts'
import { printLines } from '../views/print.ts'
import { formatBytes } from '../views/quantities.ts'
import { createStatusLine } from '../views/status-line.ts'
import { scanWithStatus } from './cache-ls.ts'
import { type Planner, removeWithStatus, tellRemoved } from './cache-remove.ts'

interface Verified {
  readonly repo: CachedRepo
  readonly report: VerifyReport
}

/** Reads everything, or some repos, and holds it against its hash. */
export async function cacheVerify(context: Context, { words, options }: Invocation): Promise<number> {
  const scan = await scanWithStatus(context)
  const repos = words.length === 0 ? scan.repos : [...new Set(words.map((word) => findCached(scan, word).repo))]
  const verified = await verifyAll(context, repos)
  if (options['json'] === true) context.out.write(jsonPage(verified.map(verifiedJson)))
  else for (const each of verified) tell(context, each)
  if (verified.length === 0) note(context, `Nothing is cached in ${scan.hubCache}.`)
  const damaged = verified.filter(({ report }) => report.damaged.length > 0)
  const broken = verified.filter(({ repo }) => repo.problems.length > 0)
  if (damaged.length > 0 && options['removeDamaged'] === true) await removeDamaged(context, damaged)
  else if (damaged.length > 0) note(context, 'hint: --remove-damaged removes it; then `hubgate get` fetches it again')
  if (broken.length > 0) note(context, 'hint: `hubgate cache prune` clears up broken links and refs')
  if (damaged.length > 0 || broken.length > 0) return EXIT_CODES.integrity
  return verified.some(({ report }) => report.unread.length > 0) ? EXIT_CODES.unexpected : EXIT_CODES.done
}

async function verifyAll(context: Context, repos: readonly CachedRepo[]): Promise<Verified[]> {
  using status = createStatusLine(context.err)
  await using pool = new HashPool()
  const verified: Verified[] = []
  for (const repo of repos) {
    const report = await verifyRepo(repo, {
      signal: context.signal,
      atOnce: pool.atOnce,
      digest: ({ path, ...subject }) => pool.digest(path, subject, context.signal),
      onProgress: (done, total) =>
        status.show(`${displayName(repo)}: ${formatBytes(done)} of ${formatBytes(total)} verified`),
    })
    verified.push({ repo, report })
  }
  return verified
}

function tell(context: Context, { repo, report }: Verified): void {
  const { verifiedFiles, verifiedBytes, damaged, unread, unverifiable } = report
  const lines = [
    `${displayName(repo)}: ${verifiedFiles} files whole, ${formatBytes(verifiedBytes)}`,
    ...damaged.map(({ path, etag, actual, usedBy }) => {
      const name = stripControlCharacters(usedBy.join(', ') || path)
      return `  damaged: ${name}: expected ${etag}, got ${stripControlCharacters(actual)}`
    }),
    ...unread.map(({ path, reason }) => `  not read: ${stripControlCharacters(`${path}: ${reason}`)}`),
    ...repo.problems.map(({ kind, path }) => `  ${kind}: ${stripControlCharacters(path)}`),
    ...(unverifiable.length === 0 ? [] : [`  ${unverifiable.length} files whose hash nobody here knows`]),
  ]
  printLines(context, lines)
}

async function removeDamaged(context: Context, verified: readonly Verified[]): Promise<void> {
  const byFolder = new Map(verified.map((each) => [each.repo.folder, each]))
  const planner: Planner = (repos) => {
    const removals = repos.flatMap((repo) => {
      const { report, repo: read } = byFolder.get(repo.folder) ?? {}
      const paths = report?.damaged.map(({ path }) => path) ?? []
      return planRemoveContent(repo, paths, read).removals
    })
    return { removals, spared: [] }
  }
  tellRemoved(context, await removeWithStatus(context, planner(verified.map(({ repo }) => repo)), planner))
}

function verifiedJson({ repo, report }: Verified): object {
  return { type: repo.type, id: repo.id, folder: repo.folder, ...report, problems: repo.problems }
}

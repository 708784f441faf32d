import {
  type CachedRepo,
  type RemovalPlan,
  type RemovedReport,
  removeAll,
  repoLeaseName,
  scanRepo,
} from '@hubgate/core/cache'
import { tryHoldLease } from '@hubgate/core/store'
import { askYesNo, canAsk } from '../ask.ts'
import { type Context, note, noteAll } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { removalJson } from '../views/cache-json.ts'
import { displayName, removalColumns } from '../views/cache-table.ts'
import { jsonPage } from '../views/json.ts'
import { printTable } from '../views/print.ts'
import { formatBytes } from '../views/quantities.ts'
import { createStatusLine } from '../views/status-line.ts'
import { openStateStore } from './open-state-store.ts'

export interface RemovalFlags {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** What of these repos is to be removed. Asked again for each repo once nobody else can change it. */
export type Planner = (repos: readonly CachedRepo[]) => RemovalPlan

/** Shows a plan, asks where somebody is there to answer, and does it. Nothing is removed unless it was agreed to. */
export async function showAndRemove(
  context: Context,
  repos: readonly CachedRepo[],
  planner: Planner,
  flags: RemovalFlags,
): Promise<number> {
  const plan = planner(repos)
  const freed = plan.removals.reduce((sum, { freedBytes }) => sum + freedBytes, 0)
  if (flags.json !== true) showPlan(context, plan)
  const isAgreed = plan.removals.length > 0 && (flags.yes === true || (await asks(context, flags, formatBytes(freed))))
  const report = isAgreed ? await removeWithStatus(context, plan, planner) : undefined
  if (flags.json === true) context.out.write(jsonPage(removalJson(plan, report)))
  if (report !== undefined) return tellRemoved(context, report)
  if (plan.removals.length > 0) note(context, `nothing was removed; --yes removes it and frees ${formatBytes(freed)}`)
  return EXIT_CODES.done
}

function showPlan(context: Context, { removals, spared }: RemovalPlan): void {
  // Files of our own book-keeping go with what they keep; nobody needs to read of them.
  const shown = removals.filter(({ kind }) => kind !== 'bookkeeping')
  if (shown.length === 0) note(context, 'There is nothing to remove.')
  else printTable(context, removalColumns(context.settings.folders.hubCache), shown)
  for (const { reason, path, repo, sizeBytes } of spared) {
    const more = reason === 'no ref leads to it' ? '; --detached removes it' : ''
    note(context, `note: kept ${path} of ${displayName(repo)} (${formatBytes(sizeBytes)}): ${reason}${more}`)
  }
}

async function asks(context: Context, flags: RemovalFlags, freed: string): Promise<boolean> {
  if (flags.dryRun === true || flags.json === true || !canAsk(context)) return false
  return askYesNo(context, `Remove this and free ${freed}?`)
}

/** Removes it, repo by repo, each under its lease. */
export async function removeWithStatus(context: Context, plan: RemovalPlan, planner: Planner): Promise<RemovedReport> {
  using status = createStatusLine(context.err)
  await using store = await openStateStore(context)
  let done = 0
  const report = await removeAll(plan.removals, {
    lock: async (repoFolder) => tryHoldLease(store.leases, await repoLeaseName(repoFolder)),
    replan: async (repoFolder) => planner([await rescan(repoFolder, plan)]).removals,
    signal: context.signal,
    onRemoved: () => status.show(`removing: ${(done += 1)} of ${plan.removals.length}`),
  })
  status.clear()
  noteAll(context, store.notices)
  return report
}

/** A folder that is gone meanwhile holds nothing. */
async function rescan(repoFolder: string, { removals }: RemovalPlan): Promise<CachedRepo> {
  const name = removals.find((removal) => removal.repoFolder === repoFolder)?.repo
  if (name === undefined) throw new Error(`Cannot plan for ${repoFolder}: nothing of it is to be removed`)
  return scanRepo(repoFolder, name)
}

export function tellRemoved(context: Context, { freedBytes, failed, inUse }: RemovedReport): number {
  note(context, `freed ${formatBytes(freedBytes)}`)
  const busy = new Set(inUse.map(({ repo }) => displayName(repo)))
  for (const name of busy) note(context, `note: left ${name} alone: another Hubgate works on it`)
  for (const { removal, error } of failed)
    note(context, `error: Cannot remove ${removal.path}: ${error instanceof Error ? error.message : String(error)}`)
  return failed.length > 0 || busy.size > 0 ? EXIT_CODES.unexpected : EXIT_CODES.done
}

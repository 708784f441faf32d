import { rm } from 'node:fs/promises'
import { tryHoldLease } from '../store/hold-lease.ts'
import type { DownloadSession } from './download-session.ts'
import type { KnownFile, SnapshotTarget } from './target.ts'

/**
 * Removes what an interrupted run of ours left of files that another tool has fetched since. Waits for nobody: who works on
 * the repo now clears up when it is done. Nothing depends on it, so it never fails.
 */
export async function clearSpentData(
  { store }: DownloadSession,
  target: SnapshotTarget,
  files: readonly KnownFile[],
): Promise<void> {
  const spent = await target.findSpent(files).catch(() => [])
  if (spent.length === 0) return
  if (store === undefined) return removeSpentData(spent)
  await using lease = await tryHoldLease(store.leases, await target.leaseName())
  if (lease !== undefined) await removeSpentData(spent)
}

/** For who holds the lease. */
export async function removeSpentData(places: readonly string[]): Promise<void> {
  for (const place of places) await rm(place, { force: true }).catch(() => undefined)
}

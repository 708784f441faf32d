import type { Disk } from '../cache/disk.ts'
import { hasSystemCode } from '../cache/system-code.ts'
import { tryHoldLease } from '../store/hold-lease.ts'
import type { DownloadSession } from './download-session.ts'
import type { KnownFile, SnapshotTarget } from './target.ts'

/**
 * Removes what an interrupted run of ours left of files that another tool has fetched since. Waits for nobody: who works on
 * the repo now clears up when it is done. Nothing depends on it, so it never fails.
 */
export async function clearSpentData(
  { store, disk }: DownloadSession,
  target: SnapshotTarget,
  files: readonly KnownFile[],
): Promise<void> {
  const spent = await target.findSpent(files).catch(() => [])
  if (spent.length === 0) return
  await using lease = store && (await tryHoldLease(store.leases, await target.leaseName()))
  if (store === undefined || lease !== undefined) await removeSpentData(disk, spent).catch(() => undefined)
}

/**
 * For who holds the lease. What another user of a shared cache left is that one's to remove, and what is no file is nobody's data.
 * @throws what the disk says where it fails at it: then something is left over, and whoever believes it is done would not know
 */
export async function removeSpentData(disk: Disk, places: readonly string[]): Promise<void> {
  for (const place of places)
    await disk.remove(place).catch((error: unknown) => {
      if (!hasSystemCode(error, ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EISDIR'])) throw error
    })
}

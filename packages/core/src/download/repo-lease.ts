import { type HeldLease, holdLease } from '../store/hold-lease.ts'
import type { LeaseRepository } from '../store/lease-repository.ts'
import type { DownloadSession } from './download-session.ts'
import type { SnapshotTarget } from './target.ts'

export type RepoLease = Pick<HeldLease, 'isHeld' | 'signal'>

/** A process that was killed gives its lease back only by letting it end. */
const TTL_MS = 8000

/**
 * Works alone on one repo of the cache, among the Hubgates that share a store; waits for another that is at it, and takes
 * over if it dies. Who was suspended so long that another took over waits for that one in turn, and looks what is left to do.
 * `onOther` is called now and then while waiting.
 */
export async function withRepoLease<T>(
  session: DownloadSession,
  target: SnapshotTarget,
  onOther: () => Promise<void>,
  work: (lease: RepoLease | undefined) => Promise<T>,
): Promise<T> {
  const { store, signal } = session
  // A store in memory is nobody else's: there is nobody to wait for either.
  if (store === undefined) return work(undefined)
  const name = await target.leaseName()
  for (;;) {
    await using lease = await waitForLease(session, store.leases, name, onOther)
    try {
      return await work(lease)
    } catch (error) {
      if (lease.isHeld() || signal.aborted) throw error
    }
  }
}

async function waitForLease(
  { signal, tell }: DownloadSession,
  leases: LeaseRepository,
  name: string,
  onOther: () => Promise<void>,
): Promise<HeldLease> {
  let looking: NodeJS.Timeout | undefined
  try {
    return await holdLease(leases, name, {
      signal,
      ttlMs: TTL_MS,
      onWait: () => {
        if (looking === undefined)
          tell({ type: 'waiting', reason: 'other-process', delayMs: undefined, path: undefined })
        looking ??= setInterval(() => void onOther().catch(() => undefined), 1000)
      },
    })
  } finally {
    clearInterval(looking)
  }
}

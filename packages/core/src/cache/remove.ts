import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Removal } from './plan-removal.ts'
import { realPlace } from './real-place.ts'
import { SYSTEM_FILES } from './scan-repo.ts'

export interface RemovedReport {
  readonly removed: readonly Removal[]
  readonly failed: readonly { readonly removal: Removal; readonly error: unknown }[]
  /** Untouched, since another process works on the repo, or has begun to. */
  readonly inUse: readonly Removal[]
  readonly freedBytes: number
}

/** The right to change a repo's folder alone. */
export interface RemovalLock extends AsyncDisposable {
  /** Still ours? Told without waiting: a process that was suspended for long has lost it without having noticed. */
  isHeld(): boolean
}

export interface RemoveOptions {
  /**
   * `undefined` where another process has it, and then nothing of that repo is touched. @see repoLeaseName
   */
  readonly lock: (repoFolder: string) => Promise<RemovalLock | undefined>
  /**
   * What is to be removed of a repo, judged anew once nobody else can change it: minutes may have gone by since it was planned
   * and agreed to. Only what both plans hold is removed.
   */
  readonly replan: (repoFolder: string) => Promise<readonly Removal[]>
  readonly signal?: AbortSignal | undefined
  readonly onRemoved?: (removal: Removal) => void
}

/** What a repo's folder is leased under, between Hubgate processes: one name, whatever links lead to it. */
export async function repoLeaseName(repoFolder: string): Promise<string> {
  return `repo:${await realPlace(repoFolder)}`
}

/** Removes what was planned, repo by repo, in order. Links are removed, never what they lead to. */
export async function removeAll(removals: readonly Removal[], options: RemoveOptions): Promise<RemovedReport> {
  const removed: Removal[] = []
  const failed: { removal: Removal; error: unknown }[] = []
  const inUse: Removal[] = []
  for (const [repoFolder, own] of Map.groupBy(removals, (removal) => removal.repoFolder)) {
    await using lock = await options.lock(repoFolder)
    if (lock === undefined) {
      inUse.push(...own)
      continue
    }
    const now = new Set((await options.replan(repoFolder)).map((removal) => removal.path))
    for (const removal of own.filter((each) => now.has(each.path))) {
      options.signal?.throwIfAborted()
      if (!lock.isHeld()) {
        inUse.push(removal)
        continue
      }
      try {
        await removeOne(removal)
        removed.push(removal)
        options.onRemoved?.(removal)
      } catch (error) {
        failed.push({ removal, error })
      }
    }
  }
  return { removed, failed, inUse, freedBytes: removed.reduce((total, { freedBytes }) => total + freedBytes, 0) }
}

async function removeOne({ path: place, repoFolder }: Removal): Promise<void> {
  // A plan is data and may have travelled: what is outside the repo is nobody's to remove.
  const inside = path.relative(repoFolder, place)
  if (inside.startsWith('..') || path.isAbsolute(inside) || SYSTEM_FILES.includes(inside))
    throw new RangeError(`Cannot remove "${place}": it is outside ${repoFolder}`)
  await rm(place, { recursive: true, force: true })
}

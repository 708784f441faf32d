import type { JobRepository } from '../../store/job-repository.ts'
import { hasSurelyEnded } from '../../store/process-mark.ts'

/** What a killed process of this machine was at goes back to the queue: it need not wait until its claim ends. */
export async function giveBackOfDead(jobs: JobRepository, endpoint?: string): Promise<boolean> {
  const claimable = await jobs.list({
    states: ['running', 'verifying', 'waiting-access'],
    ...(endpoint === undefined ? {} : { endpoint }),
  })
  let isAny = false
  for (const { id, claimedBy: holder } of claimable) {
    if (holder === undefined || !(await hasSurelyEnded(holder))) continue
    await jobs.release({ id, holder })
    isAny = true
  }
  return isAny
}

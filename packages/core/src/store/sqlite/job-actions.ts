import { HubgateError } from '../../errors.ts'
import {
  finalStates,
  type JobAction,
  type JobEventType,
  type JobRepository,
  type JobState,
  jobStates,
  type StoredJob,
} from '../job-repository.ts'
import { addEvent } from './job-events.ts'
import { checkedPriority, FINAL_STATES, getJob } from './job-rows.ts'
import { inTransaction, isoMoment, type OperationContext, type Operations } from './operations.ts'

interface ActionRule {
  readonly from: readonly JobState[]
  readonly to: JobState
  readonly event: JobEventType
}

const active = jobStates.filter((state) => !finalStates.includes(state))
const rules: Readonly<Record<JobAction, ActionRule>> = {
  pause: { from: active, to: 'paused', event: 'paused' },
  resume: { from: ['paused'], to: 'queued', event: 'resumed' },
  cancel: { from: active, to: 'cancelled', event: 'cancelled' },
  retry: { from: ['failed', 'cancelled'], to: 'queued', event: 'retry' },
}
/** Asked for when it is so already, and then nothing changes. */
const reached: Readonly<Record<JobAction, readonly JobState[]>> = {
  pause: ['paused'],
  resume: ['queued', 'waiting-access', 'running', 'verifying'],
  cancel: ['cancelled'],
  retry: ['queued', 'waiting-access', 'running', 'verifying'],
}

/** Whoever does the job keeps the claim until it has noticed: nobody else may begin while it still writes. */
export function actOperations(context: OperationContext): Operations<Pick<JobRepository, 'act' | 'prioritize'>> {
  const { database, nowMs } = context
  return {
    act(id, action) {
      return inTransaction(database, () => {
        const job = getJob(database, id)
        if (reached[action].includes(job.state)) return job
        const { from, to, event } = rules[action]
        if (!from.includes(job.state)) refuse(job, action, `it is ${job.state}`)
        if (action === 'retry' && hasActiveTwin(context, job)) refuse(job, action, 'another job does the same')
        database
          .prepare('UPDATE job SET state = ?, changed_at = ?, not_before_ms = 0 WHERE id = ?')
          .run(to, isoMoment(nowMs()), id)
        if (action === 'retry') database.prepare('UPDATE job SET attempts = 0, detail = NULL WHERE id = ?').run(id)
        addEvent(context, id, event)
        return getJob(database, id)
      })
    },
    prioritize(id, priority) {
      return inTransaction(database, () => {
        const job = getJob(database, id)
        if (!active.includes(job.state)) refuse(job, 'prioritize', `it is ${job.state}`)
        if (job.priority === checkedPriority(priority)) return job
        database
          .prepare('UPDATE job SET priority = ?, changed_at = ? WHERE id = ?')
          .run(priority, isoMoment(nowMs()), id)
        addEvent(context, id, 'priority', JSON.stringify({ priority }))
        return getJob(database, id)
      })
    },
  }
}

function hasActiveTwin({ database }: OperationContext, { key, id }: StoredJob): boolean {
  const twin = database
    .prepare(`SELECT 1 FROM job WHERE key = ? AND id <> ? AND state NOT IN (${FINAL_STATES})`)
    .get(key, id)
  return twin !== undefined
}

function refuse({ id, state }: StoredJob, action: string, why: string): never {
  throw new HubgateError('ERR_JOB_STATE', `Cannot ${action} the job ${id}: ${why}`, { id, state, action })
}

import { parseJobRequest } from '@hubgate/core/download/queue'
import type { StoredJob, StoredJobEvent } from '@hubgate/core/store'

/** The shape `hubgate queue … --json` promises. Fields are only added. */
export function jobJson(job: StoredJob): object {
  const { id, modelId, state, priority, attempts, addedAt, changedAt, notBefore, claimedBy, leaseUntil } = job
  return {
    id,
    modelId,
    state,
    priority,
    attempts,
    addedAt,
    changedAt,
    notBefore: notBefore ?? null,
    claimedBy: claimedBy ?? null,
    leaseUntil: leaseUntil ?? null,
    request: requestJson(job),
    detail: detailJson(job),
  }
}

/** @param modelId `undefined` where the job itself is forgotten */
export function jobEventJson(event: StoredJobEvent, modelId: string | undefined): object {
  const { id, jobId, type, state, at } = event
  return { id, jobId, modelId: modelId ?? null, type, state, at, detail: detailJson(event) }
}

export function detailJson({ detail }: Pick<StoredJob, 'detail'>): unknown {
  return detail === undefined ? null : JSON.parse(detail)
}

/** One that cannot be read fails when it is done, and says so; it is no reason not to list it. */
function requestJson(job: StoredJob): object | null {
  try {
    return parseJobRequest(job.request)
  } catch {
    return null
  }
}

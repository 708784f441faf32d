import { accessBadge } from '@hubgate/core/access'
import { parseJobRequest, readDetail } from '@hubgate/core/download/queue'
import type { StoredJob, StoredJobEvent } from '@hubgate/core/store'
import { stripControlCharacters } from '@hubgate/core/util'
import { countText } from './progress-text.ts'
import { formatBytes, formatDuration } from './quantities.ts'

/** The words of the queue. Pure. */

export const NOTHING_QUEUED = 'Nothing is queued: `hubgate queue add org/name` begins'

/** The end of an id: ids of one minute begin alike. */
export function shortId(id: string): string {
  return id.slice(-8)
}

/** The model, and which part of it: `org/name@v1:Q4_K_M`, as it would be written. */
export function jobName(job: StoredJob): string {
  try {
    const { modelId, revision, choice } = parseJobRequest(job.request)
    const at = revision === 'main' ? '' : `@${revision}`
    const part = choice.quantization === undefined ? '' : `:${choice.quantization}`
    return stripControlCharacters(`${modelId}${at}${part}`)
  } catch {
    return stripControlCharacters(job.modelId)
  }
}

/** In a few words, what there is to know of the state a job is in. */
export function jobNote(job: StoredJob, now: Date): string {
  const { state, notBefore } = job
  const { path, message, accessState } = readDetail(job)
  switch (state) {
    case 'queued': {
      const restMs = notBefore === undefined ? 0 : Date.parse(notBefore) - now.getTime()
      return restMs > 0 ? `again in ${formatDuration(restMs / 1000)}: ${clean(message)}` : ''
    }
    case 'waiting-access':
      return accessState === undefined ? '' : accessBadge(accessState).sentence
    case 'failed':
      return clean(message)
    case 'done':
      return clean(path)
    case 'running':
    case 'verifying':
      return hasClaimEnded(job, now) ? 'nobody is at it now: `hubgate queue run` goes on with it' : ''
    case 'paused':
    case 'cancelled':
      return ''
  }
}

/** Whoever did it was killed, on another machine. */
function hasClaimEnded({ leaseUntil }: StoredJob, now: Date): boolean {
  return leaseUntil === undefined || Date.parse(leaseUntil) < now.getTime()
}

/** What an event says beyond its name. */
export function eventNote(event: StoredJobEvent): string {
  const { path, message, accessState, fileCount, sizeBytes, fetchBytes, fetchedBytes, ...rest } = readDetail(event)
  const { verified, reason, by } = rest
  const [first, ...more] = verified
  if (event.type === 'claimed') return clean(by)
  if (first !== undefined) return more.length === 0 ? clean(first) : `${clean(first)} and ${more.length} more`
  if (accessState !== undefined) return accessBadge(accessState).sentence
  if (message !== undefined) return clean(message)
  if (reason !== undefined) return path === undefined ? clean(reason) : `${clean(reason)}: ${clean(path)}`
  if (fileCount === undefined || sizeBytes === undefined) return clean(path)
  const files = `${countText(fileCount, 'file')}, ${formatBytes(sizeBytes)}`
  const fetched = fetchBytes ?? fetchedBytes
  return fetched === undefined
    ? files
    : `${files}, ${formatBytes(fetched)} of it ${fetchBytes === undefined ? 'fetched' : 'to fetch'}`
}

function clean(text = ''): string {
  return stripControlCharacters(text)
}

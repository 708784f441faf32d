import { listJobs } from '@hubgate/core/download/queue'
import { HubgateError } from '@hubgate/core/errors'
import { parseModelReference } from '@hubgate/core/hub'
import type { JobRepository, StoredJob } from '@hubgate/core/store'
import { UsageError } from '../exit-codes.ts'

export interface FoundJobs {
  /** Newest first; at least one. */
  readonly jobs: readonly StoredJob[]
  /** A model was named, which may have several. */
  readonly isModel: boolean
}

/**
 * The jobs that a word means: one by its id or the end of it, as `queue list` shows it, else all of a model.
 * @throws {HubgateError} `ERR_JOB_NOT_FOUND`; {UsageError} for an end that several ids have
 */
export async function findJobs(repository: JobRepository, word: string, endpointHost: string): Promise<FoundJobs> {
  const all = await Array.fromAsync(listJobs(repository))
  const end = word.trim().toLowerCase()
  const byId = /^[0-9a-f-]{4,36}$/.test(end) ? all.filter(({ id }) => id.endsWith(end)) : []
  if (byId.length > 1) throw new UsageError(`Cannot tell which job is "${end}": ${byId.length} ids end so`)
  if (byId.length === 1) return { jobs: byId, isModel: false }
  const modelId = modelOf(word, endpointHost)?.toLowerCase()
  const jobs = all.filter((job) => job.modelId.toLowerCase() === modelId)
  if (jobs.length > 0) return { jobs, isModel: true }
  const message = `Cannot find a job "${word}": none has this id, and none is for a model of this name`
  throw new HubgateError('ERR_JOB_NOT_FOUND', message, { id: word })
}

function modelOf(word: string, endpointHost: string): string | undefined {
  try {
    return parseModelReference(word, endpointHost).modelId
  } catch {
    return undefined
  }
}

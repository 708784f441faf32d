import { HubgateError } from '../../errors.ts'
import { endpointText } from '../../settings/endpoint.ts'
import { ByteLimiter } from '../byte-limiter.ts'
import { budgetOf } from '../connection-budget.ts'
import type { DownloadSnapshotOptions, SnapshotRequest } from '../download-options.ts'
import { downloadSnapshot } from '../download-snapshot.ts'
import { doneDetail } from './job-detail.ts'
import { JobLog } from './job-log.ts'
import type { JobRequest } from './job-request.ts'
import type { Perform } from './perform-job.ts'

/** What all downloads of a process have in common; `bytesPerSecond` holds them together to one rate, and `maxConnections` to so many. */
export type DownloadJobOptions = Omit<
  DownloadSnapshotOptions,
  Exclude<keyof SnapshotRequest, 'hubCache'> | 'whenGranted' | 'onEvent' | 'signal' | 'limiter' | 'budget'
>

/**
 * Does jobs by downloading what they ask for. A gate that is shut is thrown: whoever runs the jobs lets this one wait, and none
 * of the others.
 * @example await runJobs({ jobs: store.jobs, endpoint, perform: downloadJobs({ client, store }), signal })
 */
export function downloadJobs(options: DownloadJobOptions): Perform {
  const { client, bytesPerSecond = Infinity, maxConnections } = options
  const budget = budgetOf(maxConnections)
  const limiter = new ByteLimiter(bytesPerSecond)
  const endpoint = endpointText(client.settings.endpoint)
  return async (request, work) => {
    if (request.endpoint !== endpoint) refuse(request, endpoint)
    await using log = new JobLog(work)
    const snapshot = await downloadSnapshot(request.modelId, {
      ...options,
      ...snapshotRequest(request, new Date(work.job.addedAt)),
      limiter,
      budget,
      signal: work.signal,
      onEvent: (event) => {
        work.show(event)
        log.note(event)
      },
    })
    await log.settle()
    return doneDetail(snapshot)
  }
}

function snapshotRequest({ revision, commitHash, choice, localFolder }: JobRequest, addedAt: Date): SnapshotRequest {
  return {
    revision,
    choice,
    ...(commitHash === undefined ? {} : { commitHash, commitAsOf: addedAt }),
    ...(localFolder === undefined ? {} : { localFolder }),
  }
}

function refuse({ modelId, endpoint }: JobRequest, ours: string): never {
  const message = `Cannot get ${modelId} from ${ours}: the job is for ${endpoint}`
  throw new HubgateError('ERR_ENDPOINT', message, { endpoint })
}

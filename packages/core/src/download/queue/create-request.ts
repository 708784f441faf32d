import { type AccessChecker, createAccessChecker } from '../../access/check/checker.ts'
import { assertLocalFolder } from '../../cache/local-folder.ts'
import { endpointText } from '../../settings/endpoint.ts'
import type { DownloadSnapshotOptions } from '../download-options.ts'
import { findShownSubject } from '../find-allowed.ts'
import { chooseFiles } from '../plan-choice.ts'
import type { JobRequest } from './job-request.ts'

export interface CreateRequestOptions
  extends Pick<
    DownloadSnapshotOptions,
    'client' | 'store' | 'revision' | 'commitHash' | 'choice' | 'localFolder' | 'whenGranted' | 'signal'
  > {
  readonly checker?: AccessChecker
}

/**
 * Settles what a job is to fetch, by one question to the Hub: which commit, so that a branch that moves changes nothing, and
 * whether the choice leaves any file. Offline nobody is asked; the commit is settled when the job is done.
 * @throws {HubgateError} as `downloadSnapshot` before its first byte, except for the gate; {TypeError} for a local folder that
 * is not absolute
 */
export async function createJobRequest(modelId: string, options: CreateRequestOptions): Promise<JobRequest> {
  const { client, store, revision = 'main', choice = {}, localFolder, whenGranted = false } = options
  if (localFolder !== undefined) assertLocalFolder(localFolder)
  const common = {
    endpoint: endpointText(client.settings.endpoint),
    revision,
    choice,
    whenGranted,
    ...(localFolder === undefined ? {} : { localFolder }),
  }
  if (client.settings.offline !== undefined) return { ...common, modelId }
  const checker = options.checker ?? createAccessChecker({ client, store })
  const { signal = new AbortController().signal, commitHash } = options
  const { hubCache } = client.settings.folders
  const subject = await findShownSubject({ client, checker, revision, commitHash, hubCache, signal }, modelId)
  const names = subject.details?.siblings?.map(({ rfilename }) => ({ path: rfilename }))
  if (names !== undefined) chooseFiles(names, choice)
  return { ...common, modelId: subject.modelId, commitHash: subject.commitHash }
}

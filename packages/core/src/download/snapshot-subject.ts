import { stat } from 'node:fs/promises'
import { isCommitHash } from '../cache/layout.ts'
import { readRef } from '../cache/refs.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { assertSafePath } from '../cache/safe-path.ts'
import { orAbsent } from '../cache/system-code.ts'
import { HubgateError } from '../errors.ts'
import type { HubClient } from '../hub/client.ts'
import type { HubModel } from '../hub/hub-model.ts'
import { getDetails } from '../hub/model-details.ts'

/** Which commit of which model is meant. */
export interface SnapshotSubject {
  /** As the Hub spells it now; offline, as it was given. */
  readonly modelId: string
  readonly renamedFrom: string | undefined
  /**
   * The id that its folder in the cache is named after. Of a model that was renamed since it was fetched, the former one: what is
   * there is used, also by other tools that ask for it under that name.
   */
  readonly cachedAs: string
  /** What was asked for: the snapshot is remembered under it. */
  readonly revision: string
  readonly commitHash: string
  /** What the Hub says of the model; `undefined` offline. */
  readonly details: HubModel | undefined
}

export interface SubjectOptions {
  readonly revision: string
  /** Which commit the revision led to earlier: then that one, whatever moved since. */
  readonly commitHash: string | undefined
  readonly hubCache: string
  readonly signal: AbortSignal
}

/**
 * Resolves a revision to its commit: by one question to the Hub, offline by what the cache remembers.
 * @throws {HubgateError} as `getDetails`; `ERR_OFFLINE` where the cache remembers nothing; `ERR_UNSAFE_PATH` for a revision that is no name for a ref
 */
export async function findSubject(
  client: HubClient,
  modelId: string,
  options: SubjectOptions,
): Promise<SnapshotSubject> {
  const { revision, hubCache, signal } = options
  // It will be the name of a ref: better told now than after the files came.
  if (!isCommitHash(revision)) assertSafePath(revision)
  const { offline } = client.settings
  if (offline !== undefined) {
    const remembered = await recallSubject(modelId, options)
    if (remembered !== undefined) return remembered
    const message = `Cannot get ${modelId}: its revision "${revision}" is not in the cache, and ${offline}`
    throw new HubgateError('ERR_OFFLINE', message, { because: offline })
  }
  const asked = options.commitHash ?? revision
  // Without a word about the revision the Hub gives its default branch, which it calls main.
  const revisionAsked = asked === 'main' ? undefined : asked
  const { model, renamedFrom } = await getDetails(client, modelId, { revision: revisionAsked, signal })
  if (model.sha === undefined)
    throw new HubgateError('ERR_HUB_ANSWER', `Cannot get ${modelId}: the Hub names no commit for it`, {
      url: modelId,
      reason: 'shape',
    })
  const cachedAs = await findFolderId(hubCache, model.id, renamedFrom)
  return { modelId: model.id, renamedFrom, cachedAs, revision, commitHash: model.sha, details: model }
}

/** Which commit the revision led to when the Hub was last asked; `undefined` where the cache does not say. */
export async function recallSubject(
  modelId: string,
  { revision, hubCache, commitHash: settled }: Omit<SubjectOptions, 'signal'>,
): Promise<SnapshotSubject | undefined> {
  const commitHash = settled ?? (await readRef(repoFolderPath(hubCache, modelId), revision))
  if (commitHash === undefined) return undefined
  return { modelId, renamedFrom: undefined, cachedAs: modelId, revision, commitHash, details: undefined }
}

async function findFolderId(hubCache: string, modelId: string, renamedFrom: string | undefined): Promise<string> {
  if (renamedFrom === undefined) return modelId
  const isThere = async (id: string): Promise<boolean> =>
    (await orAbsent(stat(repoFolderPath(hubCache, id)))) !== undefined
  return (await isThere(renamedFrom)) && !(await isThere(modelId)) ? renamedFrom : modelId
}

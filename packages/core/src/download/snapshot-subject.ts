import { stat } from 'node:fs/promises'
import { isCommitHash } from '../cache/layout.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { assertSafePath } from '../cache/safe-path.ts'
import { orAbsent } from '../cache/system-code.ts'
import { HubgateError } from '../errors.ts'
import type { HubClient } from '../hub/client.ts'
import type { HubModel } from '../hub/hub-model.ts'
import { getDetails } from '../hub/model-details.ts'
import { modelPath } from '../hub/model-id.ts'
import { endpointText } from '../settings/endpoint.ts'

/** Which commit of which model is meant. */
export interface SnapshotSubject {
  /** As the Hub spells it now; without the Hub, as it was given, or what it was called when the Hub was last asked. */
  readonly modelId: string
  readonly renamedFrom: string | undefined
  /**
   * The id that its folder in the cache is named after. Of a model that was renamed since it was fetched, the former one, and of
   * one that another tool was asked for in other letters, those: what is there is used, also by other tools that ask for it so.
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
 * Resolves a revision to its commit, by one question to the Hub.
 * @throws {HubgateError} as `getDetails`; `ERR_UNSAFE_PATH` for a revision that is no name for a ref
 */
export async function findSubject(
  client: HubClient,
  modelId: string,
  options: SubjectOptions,
): Promise<SnapshotSubject> {
  const { revision, hubCache, signal } = options
  // It will be the name of a ref: better told now than after the files came.
  if (!isCommitHash(revision)) assertSafePath(revision)
  const asked = options.commitHash ?? revision
  // Without a word about the revision the Hub gives its default branch, which it calls main.
  const revisionAsked = asked === 'main' ? undefined : asked
  const { model, renamedFrom } = await getDetails(client, modelId, { revision: revisionAsked, signal })
  if (model.sha === undefined)
    throw new HubgateError('ERR_HUB_ANSWER', `Cannot get ${modelId}: the Hub names no commit for it`, {
      url: `${endpointText(client.settings.endpoint)}${modelPath(modelId)}`,
      reason: 'shape',
    })
  const cachedAs = await findFolderId(hubCache, model.id, modelId)
  return { modelId: model.id, renamedFrom, cachedAs, revision, commitHash: model.sha, details: model }
}

async function findFolderId(hubCache: string, modelId: string, askedFor: string): Promise<string> {
  if (askedFor === modelId) return modelId
  const isThere = async (id: string): Promise<boolean> =>
    (await orAbsent(stat(repoFolderPath(hubCache, id)))) !== undefined
  return (await isThere(askedFor)) && !(await isThere(modelId)) ? askedFor : modelId
}

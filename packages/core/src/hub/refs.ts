import { isSha1 } from '../util/hex-digest.ts'
import { asString, isObject } from '../util/json.ts'
import { answerJson } from './answer.ts'
import type { HubClient } from './client.ts'
import { modelPath } from './model-id.ts'
import { refusalError } from './refusal.ts'
import { unexpectedShape } from './unexpected-shape.ts'

export interface Ref {
  /** As people name it: `main`, `v1.0`, `refs/pr/1`. */
  readonly name: string
  /** 40 hex. */
  readonly commitHash: string
}

export interface Refs {
  readonly branches: readonly Ref[]
  readonly tags: readonly Ref[]
  readonly pullRequests: readonly Ref[]
}

/**
 * Where a model's branches and tags point.
 * @throws {HubgateError} `ERR_MODEL_NOT_FOUND`, `ERR_HUB_ANSWER`, and see `HubClient.send`
 * @see hub-protocol 3.4
 */
export async function getRefs(
  client: HubClient,
  modelId: string,
  options: { readonly includePullRequests?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<Refs> {
  const answer = await client.send({
    path: `${modelPath(modelId)}/refs`,
    query: new URLSearchParams(options.includePullRequests ? { include_prs: '1' } : {}),
    signal: options.signal,
  })
  if (answer.status !== 200) throw refusalError(answer, modelId)
  const value = answerJson(answer)
  if (!isObject(value)) throw unexpectedShape(answer, 'the refs of a model')
  return {
    branches: parseRefs(value['branches'], 'name'),
    tags: parseRefs(value['tags'], 'name'),
    // A pull request is asked for by its full ref.
    pullRequests: parseRefs(value['pullRequests'], 'ref'),
  }
}

function parseRefs(value: unknown, nameField: 'name' | 'ref'): Ref[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((element: unknown) => {
    const name = isObject(element) ? asString(element[nameField]) : undefined
    const commitHash = isObject(element) ? asString(element['targetCommit']) : undefined
    if (name === undefined || name === '' || name.length > 300) return []
    return commitHash !== undefined && isSha1(commitHash) ? [{ name, commitHash }] : []
  })
}

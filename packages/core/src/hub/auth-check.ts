import { type HubAnswer, refusePage } from './answer.ts'
import type { HubClient } from './client.ts'
import { modelPath } from './model-id.ts'

export interface AuthCheckOptions {
  /** Ask as nobody, even where a token is set. */
  readonly anonymous?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks whether this caller may read a model's contents: 200 `OK`, or the gate's refusal. What a refusal means, `access` knows.
 * @throws {HubgateError} `ERR_HUB_ANSWER` for a web page, and see `HubClient.send`
 * @see hub-protocol 4.1
 */
export async function askAuthCheck(
  client: HubClient,
  modelId: string,
  { anonymous = false, signal }: AuthCheckOptions = {},
): Promise<HubAnswer> {
  const answer = await client.send({ path: `${modelPath(modelId)}/auth-check`, anonymous, signal })
  if (answer.status === 200) refusePage(answer)
  return answer
}

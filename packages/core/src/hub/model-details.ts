import { answerJson, type HubAnswer } from './answer.ts'
import { type HubModel, parseHubModel } from './hub-model.ts'
import { modelPath } from './model-id.ts'
import { refusalError } from './refusal.ts'
import type { HubSender } from './sender.ts'
import { unexpectedShape } from './unexpected-shape.ts'

export interface ModelDetails {
  readonly model: HubModel
  /** The id that was asked for, where the Hub knows the model by another one now. */
  readonly renamedFrom: string | undefined
  readonly etag: string | undefined
}

export interface DetailsOptions {
  readonly revision?: string | undefined
  /** Ask as nobody, even where a token is set. */
  readonly anonymous?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * What the Hub tells anybody about a model. Says nothing about access: gated models answer everybody here.
 * @throws {HubgateError} `ERR_MODEL_NOT_FOUND`, `ERR_REVISION_NOT_FOUND`, `ERR_MODEL_DISABLED`, `ERR_TOKEN_INVALID`, and see `HubClient.send`
 * @see hub-protocol 2
 */
export async function getDetails(
  client: HubSender,
  modelId: string,
  options: DetailsOptions = {},
): Promise<ModelDetails> {
  return readDetails(await askDetails(client, modelId, options), modelId, options.revision)
}

/** The answer to a detail call, whatever it says. */
export function askDetails(
  client: HubSender,
  modelId: string,
  { revision, anonymous = false, signal }: DetailsOptions = {},
): Promise<HubAnswer> {
  const suffix = revision === undefined ? '' : `/revision/${encodeURIComponent(revision)}`
  return client.send({ path: `${modelPath(modelId)}${suffix}`, anonymous, signal })
}

export function readDetails(answer: HubAnswer, modelId: string, revision?: string): ModelDetails {
  if (answer.status !== 200) throw refusalError(answer, modelId, { revision })
  const model = parseHubModel(answerJson(answer))
  if (model === undefined) throw unexpectedShape(answer, 'a model')
  const isRenamed = model.id.toLowerCase() !== modelId.toLowerCase()
  return { model, renamedFrom: isRenamed ? modelId : undefined, etag: answer.headers['etag'] }
}

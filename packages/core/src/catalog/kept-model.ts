import { type HubModel, parseHubModel } from '../hub/hub-model.ts'
import type { StoredModel, StoredModelForm } from '../store/live-repository.ts'
import { liveRecord } from './live-record.ts'
import { factOf } from './merge.ts'
import type { ModelRecord } from './record.ts'

/** Whose view of which Hub is kept. */
export interface KeptScope {
  /** As `endpointText` writes it. */
  readonly endpoint: string
  /** Empty for nobody; `undefined` while a token is set and nobody knows whose: then only what anybody may see is kept. */
  readonly account: string | undefined
}

/** Models as the Hub has just described them. */
export interface SeenModels {
  readonly models: readonly HubModel[]
  readonly form: StoredModelForm
  readonly seenAt: Date
  /** Of a single model: the name that led to it. */
  readonly renamedFrom?: string | undefined
}

/** What is kept of them: the facts that records have, without file lists and card texts. A model without an owner's name in `scope` is left out if private. */
export function toStoredModels({ models, form, seenAt, renamedFrom }: SeenModels, scope: KeptScope): StoredModel[] {
  return models.flatMap((model) => {
    const account = model.private === false ? '' : scope.account
    if (account === undefined) return []
    const formerIds = renamedFrom === undefined ? [] : [renamedFrom]
    const record = liveRecord(model, seenAt, formerIds)
    const order = {
      downloads: factOf(record, 'downloads'),
      likes: factOf(record, 'likes'),
      params: factOf(record, 'params'),
      createdAt: factOf(record, 'createdAt'),
      lastModified: factOf(record, 'lastModified'),
    }
    return [
      {
        endpoint: scope.endpoint,
        account,
        id: model.id,
        formerIds,
        form,
        json: JSON.stringify(essentials(model)),
        asOf: seenAt.toISOString(),
        order: Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined)),
      },
    ]
  })
}

/** As it was when it was seen; `undefined` where what lies on disk is no model any more. */
export function fromStoredModel({ json, asOf, formerIds }: StoredModel): ModelRecord | undefined {
  const seenAt = new Date(asOf)
  if (Number.isNaN(seenAt.getTime())) return undefined
  try {
    const model = parseHubModel(JSON.parse(json))
    return model && liveRecord(model, seenAt, formerIds)
  } catch {
    return undefined
  }
}

/** Names of files and the text of the card make an answer large, and no record holds them. */
function essentials({ siblings: _files, cardData, config, ...model }: HubModel): HubModel {
  return {
    ...model,
    ...(cardData === undefined ? {} : { cardData: pick(cardData, ['license', 'license_name']) }),
    ...(config === undefined ? {} : { config: pick(config, ['architectures', 'model_type']) }),
  }
}

function pick(object: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(object, name) ? [[name, object[name]]] : [])))
}

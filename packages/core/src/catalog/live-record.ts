import { parseGated } from '../access/gated.ts'
import type { HubModel } from '../hub/hub-model.ts'
import { asCount, asString, asStrings } from '../util/json.ts'
import { baseModelOf } from './base-model.ts'
import type { Fact, ModelFacts, ModelRecord } from './record.ts'

/** A model as the Hub has just described it, as a record. Fields the answer lacks stay unknown. */
export function liveRecord(model: HubModel, seenAt: Date, formerIds: readonly string[] = []): ModelRecord {
  const asOf = seenAt.toISOString()
  const values: { [K in keyof ModelFacts]?: ModelFacts[K] | undefined } = {
    author: model.author,
    gated: parseGated(model.gated),
    private: model.private,
    disabled: model.disabled,
    params: paramsOf(model),
    paramsByDtype: model.safetensors?.parameters,
    contextLength: asCount(model.gguf?.context_length),
    license: licenseOf(model),
    licenseName: asString(model.cardData?.['license_name']),
    pipelineTag: model.pipeline_tag,
    library: model.library_name,
    downloads: model.downloads,
    likes: model.likes,
    trendingScore: model.trendingScore,
    tags: model.tags,
    baseModel: baseModelOf(model.tags ?? [])?.id,
    createdAt: model.createdAt,
    lastModified: model.lastModified,
    sha: model.sha,
    architecture: asStrings(model.config?.['architectures'])?.[0],
    modelType: asString(model.config?.['model_type']),
  }
  const facts = Object.entries(values).flatMap(([field, value]) =>
    value === undefined ? [] : [[field, { value, source: 'live', asOf } satisfies Fact<unknown>]],
  )
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built field by field from `values` above
  return { id: model.id, formerIds, facts: Object.fromEntries(facts) as ModelRecord['facts'], gateHistory: [] }
}

/** Packed four-bit words are counted as elements, so a count of mostly integers is not a count of parameters. */
function paramsOf(model: HubModel): number | undefined {
  const { safetensors, gguf } = model
  const counts = Object.entries(safetensors?.parameters ?? {})
  const total =
    safetensors?.total ?? (counts.length > 0 ? counts.reduce((sum, [, count]) => sum + count, 0) : undefined)
  const packed = counts.reduce((sum, [dtype, count]) => (/^[IU]\d+$/.test(dtype) ? sum + count : sum), 0)
  if (total !== undefined && total > 0 && packed <= total * 0.05) return total
  return asCount(gguf?.total) || undefined
}

function licenseOf(model: HubModel): string | undefined {
  const card = model.cardData?.['license']
  const tag = model.tags?.find((known) => known.startsWith('license:'))?.slice('license:'.length)
  return tag ?? asString(card) ?? asStrings(card)?.[0]
}

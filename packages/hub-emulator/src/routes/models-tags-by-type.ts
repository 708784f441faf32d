import { jsonAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { type EmulatedModel, tagsOf } from '../models/model.ts'

/** Synthetic models repeat themselves: so many show all their tags. */
const SYNTHETIC_SAMPLE = 1000

interface Tag {
  readonly type: string
  readonly label: string
  readonly id: string
}

/** All tags in use, by what they say; `id` is what `filter` takes. */
export const modelsTagsByType: Route = {
  name: 'models-tags-by-type',
  host: 'hub',
  method: 'GET',
  path: '/api/models-tags-by-type',
  bucket: 'api',
  errors: 'json',
  handle({ hub, query }) {
    const { synthetic, held } = hub.models
    const sample = Array.from({ length: Math.min(SYNTHETIC_SAMPLE, synthetic.size) }, (_, row) =>
      synthetic.modelAt(row),
    )
    const tags = new Map([...held, ...sample].flatMap(tagsOfModel).map((tag) => [`${tag.type} ${tag.id}`, tag]))
    const byType = Object.groupBy(tags.values(), ({ type }) => type)
    const wanted = query.get('type')
    return jsonAnswer(wanted === null ? byType : { [wanted]: byType[wanted] ?? [] })
  },
}

function tagsOfModel(model: EmulatedModel): Tag[] {
  return tagsOf(model)
    .filter((id) => !id.startsWith('base_model:'))
    .map((id) => ({ type: typeOf(model, id), label: id.replace(/^\w+:/, ''), id }))
}

function typeOf({ library, pipelineTag }: EmulatedModel, tag: string): string {
  if (tag === library || tag === 'safetensors' || tag === 'gguf') return 'library'
  if (tag === pipelineTag) return 'pipeline_tag'
  if (/^[a-z]{2}$/.test(tag)) return 'language'
  return /^(license|region|dataset):/.exec(tag)?.[1] ?? 'other'
}

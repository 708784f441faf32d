import type { FieldName } from './field-names.ts'
import { type FieldSource, fieldsOf } from './fields.ts'

const rowFields: readonly FieldName[] = [
  'likes',
  'trendingScore',
  'private',
  'downloads',
  'tags',
  'pipeline_tag',
  'library_name',
  'createdAt',
]
const fullFields: readonly FieldName[] = ['author', 'sha', 'lastModified', 'gated', 'disabled']

/** In the order of recorded answers. */
const detailFields: readonly FieldName[] = [
  'private',
  'pipeline_tag',
  'library_name',
  'tags',
  'downloads',
  'likes',
  'author',
  'sha',
  'lastModified',
  'gated',
  'disabled',
  'model-index',
  'config',
  'cardData',
  'transformersInfo',
  'safetensors',
  'gguf',
  'widgetData',
  'siblings',
  'spaces',
  'createdAt',
  'usedStorage',
]

export interface RowShape {
  readonly expand: readonly FieldName[]
  readonly full: boolean
  readonly cardData: boolean
  readonly config: boolean
}

/** A row of the list. With `expand` it holds what was named and nothing else; otherwise, no gate unless `full` asks. */
export function rowOf(source: FieldSource, { expand, full, cardData, config }: RowShape): Record<string, unknown> {
  if (expand.length > 0) return fieldsOf(source, expand)
  const names: FieldName[] = [
    ...(full ? fullFields : []),
    ...rowFields,
    ...(full ? (['siblings'] as const) : []),
    ...(cardData ? (['cardData'] as const) : []),
    ...(config ? (['config'] as const) : []),
  ]
  return { ...fieldsOf(source, names), modelId: source.model.id, ...source.model.extraFields }
}

/** The details of a model. */
export function detailsOf(source: FieldSource, expand: readonly FieldName[]): Record<string, unknown> {
  if (expand.length > 0) return fieldsOf(source, expand)
  return { ...fieldsOf(source, detailFields), modelId: source.model.id, ...source.model.extraFields }
}

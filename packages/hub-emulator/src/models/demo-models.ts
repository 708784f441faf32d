import type { ModelSpec } from './model-spec.ts'

/** One model for every answer a Hub can give: for those who try it by hand. */
export const demoModels: readonly ModelSpec[] = [
  { id: 'acme/open', license: 'apache-2.0', params: 1e9, formerIds: ['acme/old-name'] },
  {
    id: 'acme/terms',
    gated: 'auto',
    license: 'other',
    params: 8e9,
    gatedFields: { Company: 'text', 'I agree': 'checkbox' },
  },
  { id: 'acme/approval', gated: 'manual', license: 'other', params: 70e9, gatedFields: { Company: 'text' } },
  { id: 'acme/private', private: true, params: 1e9 },
  { id: 'acme/disabled', disabled: true, params: 1e9 },
  { id: 'acme/gguf', library: 'gguf', params: 8e9, baseModel: { id: 'acme/terms', relation: 'quantized' } },
]

import type { EmulatedModel } from './model.ts'

/** The front matter of a model's README, as the Hub gives it in `cardData`. */
export function cardDataOf(model: EmulatedModel): Record<string, unknown> {
  const { license, library, pipelineTag, baseModel, gatedFields, gated } = model
  return {
    ...(license === undefined ? {} : { license }),
    ...(library === undefined ? {} : { library_name: library }),
    ...(pipelineTag === undefined ? {} : { pipeline_tag: pipelineTag }),
    ...(baseModel === undefined ? {} : { base_model: baseModel.id, base_model_relation: baseModel.relation }),
    // These survive when a gate is taken away: they do not mean that there is one.
    ...(Object.keys(gatedFields).length === 0 && gated === false
      ? {}
      : { extra_gated_prompt: 'The terms of this model.', extra_gated_fields: gatedFields }),
  }
}

/** YAML takes JSON values as they are. */
export function frontMatter(card: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(card).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return ['---', ...lines, '---', ''].join('\n')
}

import { sizeOf } from '../files/content.ts'
import { madeUpId } from '../files/hashes.ts'
import { cardDataOf } from './card.ts'
import type { FieldName } from './field-names.ts'
import { authorOf, type Commit, type EmulatedModel, tagsOf } from './model.ts'
import type { Models } from './models.ts'
import { findCommit } from './repo.ts'
import { ggufOf, safetensorsOf } from './weights-facts.ts'

/** What a field may be read from. */
export interface FieldSource {
  readonly model: EmulatedModel
  readonly models: Models
  /** The commit asked for; the head of `main` where none was. */
  readonly revision: string | undefined
  /** Some fields have another shape in a list than in details. */
  readonly isInList: boolean
}

type Field = (source: FieldSource) => unknown

/** Everything the Hub tells of a model, by its name in JSON; `undefined` is left out. */
const fields: Readonly<Record<FieldName, Field>> = {
  author: ({ model }) => authorOf(model) || undefined,
  baseModels: baseModelsOf,
  cardData: ({ model }) => cardDataOf(model),
  childrenModelCount: childrenOf,
  config: ({ model }) => ({
    architectures: [model.architecture],
    model_type: model.modelType,
    ...(model.config['quantization_config'] === undefined
      ? {}
      : { quantization_config: model.config['quantization_config'] }),
    tokenizer_config: { bos_token: '<s>', eos_token: '</s>' },
  }),
  createdAt: ({ model }) => new Date(model.createdAt).toISOString(),
  disabled: ({ model }) => model.isDisabled,
  downloads: ({ model }) => model.downloads,
  downloadsAllTime: ({ model }) => model.downloads * 12,
  evalResults: () => [],
  gated: ({ model }) => model.gated,
  gguf: ({ model, models }) => ggufOf(model, () => models.repoOf(model)),
  gitalyUid: ({ model }) => madeUpId(`gitaly ${model.key}`),
  inference: ({ model }) => (Object.keys(model.inferenceProviders).length > 0 ? 'warm' : undefined),
  inferenceProviderMapping: providersOf,
  lastModified: ({ model }) => new Date(model.lastModified).toISOString(),
  library_name: ({ model }) => model.library,
  likes: ({ model }) => model.likes,
  mask_token: () => undefined,
  'model-index': () => null,
  pipeline_tag: ({ model }) => model.pipelineTag,
  private: ({ model }) => model.isPrivate,
  resourceGroup: () => undefined,
  safetensors: ({ model }) => safetensorsOf(model),
  sha: ({ model, models, revision }) =>
    revision === undefined ? models.headOf(model) : findCommit(models.repoOf(model), revision)?.id,
  siblings: (source) => commitOf(source)?.files.map(({ path }) => ({ rfilename: path })) ?? [],
  spaces: () => [],
  tags: ({ model }) => tagsOf(model),
  transformersInfo: ({ model }) =>
    model.library === 'transformers'
      ? { auto_model: 'AutoModelForCausalLM', pipeline_tag: model.pipelineTag, processor: 'AutoTokenizer' }
      : undefined,
  trendingScore: ({ model }) => model.trendingScore,
  usedStorage: ({ model, models }) =>
    [...models.repoOf(model).commits.values()]
      .flatMap(({ files }) => files)
      .reduce((sum, { content }) => sum + sizeOf(content), 0),
  widgetData: () => [{ text: 'Once upon a time' }],
}

/** The named fields of a model, led by its key and id; what was laid over one of them counts. */
export function fieldsOf(source: FieldSource, names: readonly FieldName[]): Record<string, unknown> {
  const { key, id, extraFields } = source.model
  const chosen = names.map((name) => [name, name in extraFields ? extraFields[name] : fields[name](source)] as const)
  return {
    _id: extraFields['_id'] ?? key,
    id: extraFields['id'] ?? id,
    ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)),
  }
}

export function commitOf({ model, models, revision = 'main' }: FieldSource): Commit | undefined {
  return findCommit(models.repoOf(model), revision)
}

function baseModelsOf({ model, models }: FieldSource): unknown {
  if (model.baseModel === undefined) return undefined
  const { id, relation } = model.baseModel
  const found = models.find(id)
  return { relation, models: found?.kind === 'model' ? [{ _id: found.model.key, id }] : [] }
}

function childrenOf({ model, models }: FieldSource): Record<string, number> {
  const row = models.synthetic.rowOf(model.id)
  const after = row === undefined || row + 1 >= models.synthetic.size ? [] : [models.synthetic.modelAt(row + 1)]
  const children = [...models.held, ...after].filter(({ baseModel }) => baseModel?.id === model.id)
  const count = (relation: string): number =>
    children.filter(({ baseModel }) => baseModel?.relation === relation).length
  return {
    adapter: count('adapter'),
    merge: count('merge'),
    quantized: count('quantized'),
    finetune: count('finetune'),
  }
}

function providersOf({ model, isInList }: FieldSource): unknown {
  const providers = Object.entries(model.inferenceProviders)
  return isInList ? providers.map(([provider, facts]) => ({ provider, ...facts })) : model.inferenceProviders
}

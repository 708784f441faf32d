import { authorOf, type EmulatedModel, tagsOf } from '../models/model.ts'
import type { ListFilter } from './query.ts'

/** Tags a local application can run; one of them is enough. */
const tagsOfApp: Readonly<Record<string, readonly string[]>> = {
  ollama: ['gguf'],
  'llama.cpp': ['gguf'],
  lmstudio: ['gguf', 'mlx'],
  jan: ['gguf'],
  vllm: ['safetensors'],
  sglang: ['safetensors'],
  'mlx-lm': ['mlx'],
}

/** Whether a model is among those asked for. The cheap questions come first: this runs over millions of rows. */
export function createMatcher(filter: ListFilter): (model: EmulatedModel) => boolean {
  const {
    search,
    author,
    gated,
    pipeline_tag: task,
    num_parameters: range,
    inference,
    inference_provider: providers,
  } = filter
  const needle = search?.toLowerCase()
  const wanted = filter.filter
  return (model) =>
    (gated === undefined || gated === (model.gated !== false)) &&
    (task === undefined || model.pipelineTag === task) &&
    (range === undefined || (model.params !== undefined && model.params >= range.min && model.params <= range.max)) &&
    (author === undefined || authorOf(model) === author) &&
    (needle === undefined || model.id.toLowerCase().includes(needle)) &&
    (inference === undefined || Object.keys(model.inferenceProviders).length > 0) &&
    (providers.length === 0 || isServed(model, providers)) &&
    (wanted.length === 0 || hasAll(tagsOf(model), wanted)) &&
    (filter.apps.length === 0 || runsIn(tagsOf(model), filter.apps))
}

function hasAll(tags: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((tag) => tags.includes(tag))
}

function isServed({ inferenceProviders }: EmulatedModel, wanted: readonly string[]): boolean {
  const names = Object.keys(inferenceProviders)
  return wanted.includes('all') ? names.length > 0 : wanted.some((name) => names.includes(name))
}

function runsIn(tags: readonly string[], apps: readonly string[]): boolean {
  return apps.some((app) => tagsOfApp[app]?.some((tag) => tags.includes(tag)) ?? false)
}

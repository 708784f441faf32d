import { sizeOf } from '../files/content.ts'
import type { EmulatedModel, Repo } from './model.ts'

/** What the Hub reads off the headers of safetensors files. */
export function safetensorsOf({ library, params, paramsByDtype }: EmulatedModel): unknown {
  const parameters = paramsByDtype ?? (params === undefined || library === 'gguf' ? undefined : { BF16: params })
  if (parameters === undefined) return undefined
  return { parameters, total: Object.values(parameters).reduce((sum, count) => sum + count, 0) }
}

/** What the Hub reads off the header of one GGUF file, picked by itself. */
export function ggufOf({ library, params, modelType, contextLength }: EmulatedModel, repo: () => Repo): unknown {
  if (library !== 'gguf') return undefined
  const file = [...repo().commits.values()].flatMap(({ files }) => files).find(({ path }) => path.endsWith('.gguf'))
  return {
    total: params,
    architecture: modelType,
    context_length: contextLength,
    chat_template: "{% for message in messages %}{{ message['content'] }}{% endfor %}",
    bos_token: '<s>',
    eos_token: '</s>',
    totalFileSize: file === undefined ? undefined : sizeOf(file.content),
  }
}

import path from 'node:path'
import type { DownloadedSnapshot } from '@hubgate/core/download'
import type { Hardware } from '@hubgate/core/hardware'
import { stripControlCharacters } from '@hubgate/core/util'

/** How many devices to divide a model over, and the context that fits there; `undefined` where nobody knows. */
export interface RunFit {
  readonly tensorParallel: number
  readonly contextLength: number | undefined
}

/** What is known beside the files; each part may be missing. */
export interface RunKnowledge {
  readonly hardware?: Pick<Hardware, 'gpus'>
  readonly fit?: RunFit
  /** Of `config.json`, such as `LlamaForCausalLM`. */
  readonly architecture?: string | undefined
  /** What was asked for. @default main */
  readonly revision?: string | undefined
}

/**
 * How to run what was just fetched: the line of the engine that reads it, with the flags that fit. `undefined` where it is not
 * the kind of model that these engines run.
 */
export function runHint(
  snapshot: Pick<DownloadedSnapshot, 'modelId' | 'path' | 'files'>,
  { hardware, fit, architecture = '', revision = 'main' }: RunKnowledge,
): string | undefined {
  const names = snapshot.files.map((file) => file.path).toSorted()
  const gguf = names.find((name) => /\.gguf$/i.test(name) && !/mmproj/i.test(name))
  const context = fit?.contextLength
  if (gguf !== undefined) {
    const limit = context === undefined ? '' : ` -c ${context}`
    return `llama-server -m ${quoted(path.join(snapshot.path, gguf))}${limit}`
  }
  if (!names.some((name) => name.endsWith('.safetensors')) || !names.includes('config.json')) return undefined
  const model = isFoundById(snapshot, revision) ? snapshot.modelId : snapshot.path
  const hasCuda = hardware?.gpus.some(({ vendor }) => vendor === 'nvidia' || vendor === 'amd') ?? false
  if (hasCuda && fit !== undefined) {
    const parallel = fit.tensorParallel > 1 ? ` --tensor-parallel-size ${fit.tensorParallel}` : ''
    const limit = context === undefined ? '' : ` --max-model-len ${context}`
    return `vllm serve ${quoted(model)}${parallel}${limit}`
  }
  // What else transformers read wants something other than a text to go on with.
  if (!/(?:ForCausalLM|LMHeadModel)$/.test(architecture)) return undefined
  return `python -c ${quotedCode(`from transformers import pipeline; print(pipeline(model='${escaped(model)}')('Hello'))`)}`
}

/** Would an engine that is given the id find these files, and not fetch others? */
function isFoundById(
  { modelId, path: folder }: Pick<DownloadedSnapshot, 'modelId' | 'path'>,
  revision: string,
): boolean {
  return revision === 'main' && folder.split(path.sep).at(-3) === `models--${modelId.replaceAll('/', '--')}`
}

/** Fit to stand in a string of Python's. */
function escaped(text: string): string {
  return stripControlCharacters(text).replaceAll(/[\\']/g, '\\$&')
}

/** Double quotes are what every shell understands, as long as nothing inside means something to it. */
function quotedCode(code: string): string {
  return /[$`"\\!]/.test(code) ? quoted(code) : `"${code}"`
}

/** Fit to be pasted into a shell. */
function quoted(text: string): string {
  const clean = stripControlCharacters(text)
  return /^[\w./:@-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`
}

import path from 'node:path'
import type { DownloadedSnapshot } from '@hubgate/core/download'
import type { Hardware } from '@hubgate/core/hardware'
import { stripControlCharacters } from '@hubgate/core/util'

/** How many devices to divide a model over, and the context that fits there; `undefined` where nobody knows. */
export interface RunFit {
  readonly tensorParallel: number
  readonly contextLength: number | undefined
}

/**
 * How to run what was just fetched: the line of the engine that reads it, with the flags that fit. `undefined` where it is not
 * the kind of model that these engines run.
 */
export function runHint(
  snapshot: Pick<DownloadedSnapshot, 'modelId' | 'path' | 'files'>,
  hardware: Pick<Hardware, 'gpus'> | undefined,
  fit: RunFit | undefined,
): string | undefined {
  const { modelId, files } = snapshot
  const names = files.map((file) => file.path).toSorted()
  const gguf = names.find((name) => /\.gguf$/i.test(name) && !/mmproj/i.test(name))
  const context = fit?.contextLength
  if (gguf !== undefined) {
    const limit = context === undefined ? '' : ` -c ${context}`
    return `llama-server -m ${quoted(path.join(snapshot.path, gguf))}${limit}`
  }
  if (!names.some((name) => name.endsWith('.safetensors')) || !names.includes('config.json')) return undefined
  const hasCuda = hardware?.gpus.some(({ vendor }) => vendor === 'nvidia' || vendor === 'amd') ?? false
  if (hasCuda && fit !== undefined) {
    const parallel = fit.tensorParallel > 1 ? ` --tensor-parallel-size ${fit.tensorParallel}` : ''
    const limit = context === undefined ? '' : ` --max-model-len ${context}`
    return `vllm serve ${quoted(modelId)}${parallel}${limit}`
  }
  return `python -c "from transformers import pipeline; print(pipeline(model='${modelId}')('Hello'))"`
}

/** Fit to be pasted into a shell. */
function quoted(text: string): string {
  const clean = stripControlCharacters(text)
  return /^[\w./:@-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`
}

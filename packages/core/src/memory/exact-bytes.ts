import { countParams } from './count-params.ts'
import type { ModelFactsForMemory } from './facts.ts'
import type { ModelShape } from './model-shape.ts'
import type { Quantization } from './quantization.ts'
import { paramsInName } from './resolve-params.ts'
import { storedBytes } from './stored-bytes.ts'

export interface ExactBytes {
  readonly bytes: number
  readonly basis: 'files' | 'header'
}

interface Found {
  readonly exact: ExactBytes | undefined
  readonly notes: readonly string[]
}

/** Beyond this times what an exact config gives, a repository's files hold the weights more than once (`original/`, other formats). */
const SEVERAL_COPIES = 1.6

/**
 * The sizes that are known of the weights in this format: a GGUF file's, the given sum, or the Hub's counts by dtype.
 * @param counted what the config gives, where it explains the model wholly
 */
export function exactBytes(
  facts: ModelFactsForMemory,
  shape: ModelShape | undefined,
  quantization: Quantization,
  isPublished: boolean,
  counted: number | undefined,
): Found {
  const file = ggufFile(facts, quantization)
  if (file !== undefined) return { exact: { bytes: file, basis: 'files' }, notes: [] }
  if (!isPublished) return { exact: undefined, notes: [] }
  const { weightsBytes, weightsBasis = 'files' } = facts
  if (isSize(weightsBytes)) {
    if (counted === undefined || weightsBytes < SEVERAL_COPIES * counted)
      return { exact: { bytes: weightsBytes, basis: weightsBasis }, notes: [] }
    return { exact: undefined, notes: ['the files hold the weights more than once: they are counted once'] }
  }
  const expected = (shape === undefined ? undefined : countParams(shape)?.total) ?? paramsInName(facts.name)
  const stored = quantization.method === 'gguf' ? undefined : storedBytes(facts, quantization, expected)
  return { exact: stored === undefined ? undefined : { bytes: stored, basis: 'header' }, notes: [] }
}

function ggufFile({ ggufFilesBytes }: ModelFactsForMemory, { label, method }: Quantization): number | undefined {
  if (ggufFilesBytes === undefined || !(method === 'gguf' || method === 'float')) return undefined
  const found = Object.entries(ggufFilesBytes).find(([name]) => name.toUpperCase() === label)?.[1]
  return isSize(found) ? found : undefined
}

function isSize(bytes: number | undefined): bytes is number {
  return typeof bytes === 'number' && Number.isFinite(bytes) && bytes > 0 && bytes <= 1e16
}

import { type ModelReference, parseModelReference } from '../hub/model-id.ts'

/** What a person names to get: a model, perhaps at a revision, perhaps in one quantization. */
export interface DownloadTarget extends Omit<ModelReference, 'path'> {
  /** As written: `Q4_K_M`, `q8_0`. */
  readonly quantization?: string
  /** Of a pasted address that leads to a file or folder: the pattern that takes it, and nothing else. */
  readonly include?: readonly string[]
}

/**
 * Reads `org/name`, `org/name@revision`, `org/name:Q4_K_M`, `org/name@v1:Q4_K_M`, and addresses of model pages with or without it,
 * also those of a file or folder. One shard of weights stands for all of its set.
 * @param endpointHost see `parseModelReference`
 * @throws {HubgateError} `ERR_MODEL_ID`
 */
export function parseDownloadTarget(input: string, endpointHost?: string): DownloadTarget {
  // A label begins with a letter, so that a port is none.
  const [, reference, quantization] = /^(.*[^/:]):([a-z][\w.-]*)$/is.exec(input.trim()) ?? []
  if (reference === undefined || quantization === undefined) return readPage(input, endpointHost)
  return { ...readPage(reference, endpointHost), quantization }
}

function readPage(input: string, endpointHost: string | undefined): DownloadTarget {
  const { path, ...reference } = parseModelReference(input, endpointHost)
  return path === undefined ? reference : { ...reference, include: [patternOf(path)] }
}

function patternOf(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]').replace(/-\d{5}(-of-\d{5}\.[a-z]+)$/i, '-?????$1')
}

import { type ModelReference, parseModelReference } from '../hub/model-id.ts'

/** What a person names to get: a model, perhaps at a revision, perhaps in one quantization. */
export interface DownloadTarget extends ModelReference {
  /** As written: `Q4_K_M`, `q8_0`. */
  readonly quantization?: string
}

/**
 * Reads `org/name`, `org/name@revision`, `org/name:Q4_K_M`, `org/name@v1:Q4_K_M`, and addresses of model pages with or without it.
 * @param endpointHost see `parseModelReference`
 * @throws {HubgateError} `ERR_MODEL_ID`
 */
export function parseDownloadTarget(input: string, endpointHost?: string): DownloadTarget {
  // A label begins with a letter, so that a port is none.
  const [, reference, quantization] = /^(.*[^/:]):([a-z][\w.-]*)$/is.exec(input.trim()) ?? []
  if (reference === undefined || quantization === undefined) return parseModelReference(input, endpointHost)
  return { ...parseModelReference(reference, endpointHost), quantization }
}

/**
 * What is known of a model when its memory is estimated. All of it may be absent, and all of it may be wrong: the figures come
 * from the Hub and from files. Structurally a superset of what a catalog record carries.
 */
export interface ModelFactsForMemory {
  /** `config.json` as parsed, or the fields of it that matter under their Hub names. Nested `text_config` is understood. */
  readonly config?: unknown
  /** Parameters of the whole repository. Where packed tensors are counted as words, give `paramsByDtype` as well. */
  readonly paramsTotal?: number
  /** Stored elements by safetensors dtype, as the Hub counts them. */
  readonly paramsByDtype?: Readonly<Record<string, number>>
  /** Parameters used for one token, in a mixture of experts. */
  readonly activeParams?: number
  /** The number format of the published weights: `BF16`, `FP8`, `AWQ-INT4`, `Q4_K_M`, `MLX-4BIT`. */
  readonly quantization?: string
  /** Bytes of exactly the weights that will be loaded: the sum of the files, or of the tensors of their headers. */
  readonly weightsBytes?: number
  /** Where `weightsBytes` was read. @default 'files' */
  readonly weightsBasis?: 'files' | 'header'
  /** Bytes of the file of each GGUF quantization the repository offers. */
  readonly ggufFilesBytes?: Readonly<Record<string, number>>
  /** Input embedding bytes among `weightsBytes`, where a header was read: llama.cpp keeps them in main memory. */
  readonly embeddingBytes?: number
  /** `model_type` and modelling class, where the config given is a cut-down one without them. */
  readonly modelType?: string
  readonly architecture?: string
  readonly tags?: readonly string[]
  /** Model id or file name: read for a quantization and a parameter count only where nothing better is known. */
  readonly name?: string
}

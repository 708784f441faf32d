import type { GatedStatus } from '../access/gated.ts'

/** Where a record's facts came from, in rising order of rank: when two were observed at the same time, the later one here wins. */
export const recordSources = ['curated', 'indexed', 'live'] as const
export type RecordSource = (typeof recordSources)[number]

export const categories = ['General', 'Code', 'Reasoning', 'MoE', 'Vision', 'Embedding', 'Reranker', 'Small'] as const
export type Category = (typeof categories)[number]

/** One thing known of a model, with its origin. */
export interface Fact<T> {
  readonly value: T
  readonly source: RecordSource
  /** ISO 8601: a moment, a day, a month or a year, as exact as the evidence; `undefined` where nobody wrote a date down. */
  readonly asOf: string | undefined
  /** Key of the evidence in the curated list's `sources`. */
  readonly evidence?: string
}

/** The fields of `config.json` that memory arithmetic needs, under their Hub names. `layer_pattern` counts layers by kind. */
export type ModelConfig = Readonly<Record<string, number | boolean | string | Readonly<Record<string, number>>>>

/** What can be known of a model. Whatever is absent from a record is unknown, never assumed. */
export interface ModelFacts {
  readonly author: string
  readonly gated: GatedStatus
  readonly private: boolean
  readonly disabled: boolean
  /** Total parameters, a plain count. */
  readonly params: number
  /** Parameters used for one token, in a mixture of experts. */
  readonly activeParams: number
  /** Parameters by the number format they are stored in, as the Hub counts them (packed words count as elements). */
  readonly paramsByDtype: Readonly<Record<string, number>>
  readonly memory: MemoryFigure
  readonly category: Category
  /** Tokens: the model's own maximum. */
  readonly contextLength: number
  /** Hub licence id, such as `apache-2.0`. */
  readonly license: string
  /** The vendor's own name behind the licence id `other`. */
  readonly licenseName: string
  readonly pipelineTag: string
  readonly library: string
  /** Over the last 30 days. */
  readonly downloads: number
  readonly likes: number
  readonly trendingScore: number
  readonly tags: readonly string[]
  readonly baseModel: string
  /** ISO 8601 moments. */
  readonly createdAt: string
  readonly lastModified: string
  /** Commit hash of the default branch. */
  readonly sha: string
  readonly architecture: string
  readonly modelType: string
  readonly config: ModelConfig
  /** The number format of the published weights: `BF16`, `FP8`, `AWQ-INT4`, `Q4_K_M`. */
  readonly quantization: string
  /** Bytes of all weight files. */
  readonly weightsBytes: number
  /** Bytes of the file of each GGUF quantization. */
  readonly ggufFilesBytes: Readonly<Record<string, number>>
}

/** The memory shown in lists. `fit` computes the real need for a context and an engine. */
export interface MemoryFigure {
  /** As the one-line format prints it, in decimal GB: `16GB`. */
  readonly label: string
  readonly bytes: number
  readonly basis: MemoryBasis
}

/** What a memory figure was computed from, best first. */
export const memoryBases = ['files', 'header', 'config', 'params-only', 'specification'] as const
export type MemoryBasis = (typeof memoryBases)[number]

/** A gate as somebody saw it once. */
export interface GateObservation {
  readonly gated: GatedStatus
  readonly asOf: string | undefined
  readonly evidence: string
}

export interface ModelRecord {
  /** `org/name`, as the Hub spells it. */
  readonly id: string
  /** Ids that lead to this model on the Hub. */
  readonly formerIds: readonly string[]
  readonly facts: { readonly [K in keyof ModelFacts]?: Fact<ModelFacts[K]> }
  /** Every gate seen or claimed so far, oldest first; what was only claimed, never observed, has no date. */
  readonly gateHistory: readonly GateObservation[]
}

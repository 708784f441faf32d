import type { ModelFactsForMemory } from '../memory/facts.ts'

/** What is known of a model, for judging whether it fits. */
export interface FitFacts {
  readonly id: string
  readonly model: ModelFactsForMemory
  /** The format the weights are published in; of a GGUF repository, the file meant where nobody says which. */
  readonly quantization: string
  /** Tokens: the model's own maximum. */
  readonly maxContext?: number | undefined
  /** Repositories with the same model in another format, most downloaded first. */
  readonly relatives: readonly Relative[]
  /** One line each, for people: where the facts came from, where it is not the model's own files. */
  readonly notes: readonly string[]
}

export interface Relative {
  readonly id: string
  /** As far as its tags or its name tell: `AWQ-INT4`, `GGUF`; `undefined` where they do not. */
  readonly quantization: string | undefined
}

/** What to do with a model on some hardware, in falling order of comfort. Bytes are those of one GPU. */
export const verdictKinds = ['fits', 'tight', 'shorter-context', 'quantised', 'more-gpus', 'no'] as const
export type VerdictKind = (typeof verdictKinds)[number]

export type Verdict =
  /** Fits even if the estimate is wrong by all of its error band. */
  | { readonly kind: 'fits'; readonly gpuCount: number; readonly spareBytes: number }
  /** By the estimate it fits or just does not: the limit lies inside the error band. `spareBytes` may be below 0. */
  | { readonly kind: 'tight'; readonly gpuCount: number; readonly spareBytes: number }
  /** Fits as it is, with a context of this many tokens. */
  | {
      readonly kind: 'shorter-context'
      readonly gpuCount: number
      readonly contextLength: number
      readonly spareBytes: number
    }
  /** Fits at the context asked for, in another number format; `modelId` is a repository that has it, where one is known. */
  | {
      readonly kind: 'quantised'
      readonly gpuCount: number
      readonly quantization: string
      readonly modelId: string | undefined
      readonly spareBytes: number
    }
  /** Fits on this many GPUs of the kind at hand. */
  | { readonly kind: 'more-gpus'; readonly gpuCount: number; readonly gpuName: string }
  | { readonly kind: 'no' }

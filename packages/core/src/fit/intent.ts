/** How somebody means to run a model. Absent fields leave the choice to us. */
export interface FitIntent {
  /** Tokens one sequence may hold. @default 8192, or the model's own maximum where that is less */
  readonly contextLength?: number
  /** Sequences at the same time. @default 1 */
  readonly batch?: number
  /** @default the format the weights are published in */
  readonly quantization?: string
  /** Of the KV cache: `fp16`, `fp8`, `q8_0`… @default 'auto', 16 bit */
  readonly kvDtype?: string
  /** Engine or another name of one. @default by format and hardware, see `chooseEngine` */
  readonly engine?: string
  /** GPUs to divide the model over. @default the fewest on which it fits */
  readonly tensorParallel?: number
}

import type { ResolvedOptions } from './options.ts'

const GIB = 1024 ** 3

/** What vLLM schedules at once. */
export interface VllmLimits {
  /** `max_num_batched_tokens` */
  readonly tokens: number
  /** `max_num_seqs` */
  readonly sequences: number
}

/**
 * vLLM's defaults by GPU memory, from 70 GiB up the larger ones (vllm/engine/arg_utils.py: `_set_default_max_num_seqs_and_batched_tokens_args`,
 * which treats the A100 as small).
 */
export function vllmLimits({ gpuMemoryBytes = 0, maxBatchedTokens, maxSequences, batch }: ResolvedOptions): VllmLimits {
  const isLarge = gpuMemoryBytes >= 70 * GIB
  return {
    tokens: maxBatchedTokens ?? (isLarge ? 8192 : 2048),
    sequences: Math.max(batch, maxSequences ?? (isLarge ? 1024 : 256)),
  }
}

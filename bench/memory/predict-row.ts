import { estimateMemory, type MemoryEstimate, type MemoryOptions, type ModelFactsForMemory } from '@hubgate/core/memory'
import type { Figures, MeasuredRow } from './rows.ts'

const GIB = 1024 ** 3

/**
 * What Hubgate says about a row: the same keys as its `measured`, from the row's model facts and run settings alone. The measured
 * figures tell only which keys to answer; with file sizes, the exact sum of a GGUF file's tensors is an input.
 */
export function predictRow(row: MeasuredRow, withFileSizes: boolean): Figures {
  const estimate = estimateRow(row, withFileSizes)
  const answers = figuresOf(row, estimate)
  return Object.fromEntries(
    Object.keys(row.measured).flatMap((key) => (answers[key] === undefined ? [] : [[key, Math.round(answers[key])]])),
  )
}

export function estimateRow(row: MeasuredRow, withFileSizes: boolean): MemoryEstimate {
  return estimateMemory(factsOf(row, withFileSizes), optionsOf(row))
}

function factsOf(row: MeasuredRow, withFileSizes: boolean): ModelFactsForMemory {
  const file = withFileSizes && isLlamaCpp(row) ? row.measured['weights_bytes'] : undefined
  return {
    name: row.model,
    config: row.config ?? {},
    quantization: row.quantization,
    ...(row.params_total === null ? {} : { paramsTotal: row.params_total }),
    ...(file === undefined ? {} : { weightsBytes: file, weightsBasis: 'header' as const }),
  }
}

function optionsOf(row: MeasuredRow): MemoryOptions {
  const gpuMemoryBytes = gpuBytes(row.hardware ?? '')
  return {
    engine: row.engine,
    kvDtype: row.kv_dtype ?? 'auto',
    ...(row.context_tokens === null ? {} : { contextLength: row.context_tokens }),
    batch: row.batch ?? 1,
    tensorParallel: (row.tp ?? 1) * (row.pp ?? 1),
    ...(gpuMemoryBytes === undefined ? {} : { gpuMemoryBytes }),
    // A log that names K and V apart is of an engine that keeps them apart; a latent is written `c^KV`.
    ...(isLlamaCpp(row) && /k .*\/.*v /i.test(row.kv_dtype ?? '') ? { latentCache: false } : {}),
    ...(row.engine === 'transformers' && /\b2023\b/.test(row.engine_version ?? '') ? { copiesCache: true } : {}),
    ...olderVllm(row),
  }
}

/** Before V1, vLLM prefilled up to 32k tokens in one step and ran 256 sequences at most. */
function olderVllm({ engine, engine_version, context_tokens }: MeasuredRow): Partial<MemoryOptions> {
  if (engine !== 'vllm' || !/V0|v0\.[0-7]\b/.test(engine_version ?? '')) return {}
  const context = context_tokens ?? 8192
  return { maxSequences: 256, maxBatchedTokens: context <= 32_768 ? Math.max(2048, context) : 2048 }
}

/** The A100 is written as the small card that vLLM takes it for. */
function gpuBytes(hardware: string): number | undefined {
  const stated = /(\d{2,3})(?:\.\d+)? ?(?:GB|GiB)/.exec(hardware)?.[1] ?? (/H[12]00/.test(hardware) ? '80' : undefined)
  if (stated === undefined) return undefined
  return (/A100/.test(hardware) ? Math.min(40, Number(stated)) : Number(stated)) * GIB
}

/** An allocator's figure leaves the driver's context out, the driver's has it. */
function figuresOf(row: MeasuredRow, estimate: MemoryEstimate): Partial<Record<string, number>> {
  const isPerGpu = row.scope === 'per_gpu'
  const terms = isPerGpu ? estimate.perGpu : estimate
  const share = isPerGpu ? estimate.tensorParallel : 1
  const seesDriver = row.kind === 'process_vram' || row.kind === 'device_delta'
  const runtime = estimate.overheadParts.runtime / share
  return {
    weights_bytes:
      terms.weights + (estimate.hostWeights + estimate.unloadedWeights * (isLlamaCpp(row) ? 1 : 0)) / share,
    kv_bytes: terms.kvCache,
    kv_bytes_per_token: isPerGpu ? estimate.perGpu.kvBytesPerToken : estimate.kvBytesPerToken,
    kv_tokens: estimate.contextLength * estimate.batch,
    overhead_bytes: estimate.overheadParts.activations / share,
    total_bytes: terms.total - (seesDriver ? 0 : runtime),
    recurrent_state_bytes_per_sequence: terms.state / estimate.batch,
  }
}

function isLlamaCpp({ engine }: MeasuredRow): boolean {
  return /llama\.cpp/.test(engine)
}

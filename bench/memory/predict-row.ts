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
  const asked = Object.keys(row.measured)
  return Object.fromEntries(
    (asked.length === 0 ? Object.keys(answers) : asked).flatMap((key) =>
      answers[key] === undefined ? [] : [[key, Math.round(answers[key])]],
    ),
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
    kvDtype: kvDtypeOf(row),
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

/** A cache type that is not known is taken for 16 bit. */
function kvDtypeOf({ kv_dtype }: MeasuredRow): string {
  try {
    estimateMemory({ paramsTotal: 1e9 }, { kvDtype: kv_dtype ?? 'auto' })
    return kv_dtype ?? 'auto'
  } catch {
    return 'auto'
  }
}

/** Cards that the rows name without their memory, in GB as sold. */
const cards: readonly (readonly [RegExp, number])[] = [
  [/H200/, 141],
  [/H20\b/, 96],
  [/[AH]100/, 80],
  [/L40|A6000/, 48],
  [/5090/, 32],
  [/[34]090|L4\b|A10\b/, 24],
  [/T4\b/, 16],
]

/** As the driver reports it: stated in GiB, or some hundredths less than sold. */
function cardBytes(hardware: string): number | undefined {
  const exact = /\(([\d.]+) GiB\)/.exec(hardware)?.[1]
  if (exact !== undefined) return Number(exact) * GIB
  const sold = /(\d{2,3}) ?GB/.exec(hardware)?.[1] ?? cards.find(([pattern]) => pattern.test(hardware))?.[1]
  return sold === undefined ? undefined : Number(sold) * 0.985 * GIB
}

/** vLLM takes the A100 for a small card. */
function gpuBytes(hardware: string): number | undefined {
  const bytes = cardBytes(hardware)
  return bytes === undefined ? undefined : Math.round(/A100/.test(hardware) ? Math.min(bytes, 40 * GIB) : bytes)
}

/** vLLM fills its share of the card with cache: what weights and activations leave of it. */
function roomForCache(row: MeasuredRow, estimate: MemoryEstimate): number | undefined {
  const card = cardBytes(row.hardware ?? '')
  if (row.engine !== 'vllm' || card === undefined) return undefined
  const share = Number(/utilization ([\d.]+)/.exec(row.hardware ?? '')?.[1] ?? 0.9)
  const room = share * card - estimate.perGpu.weights - estimate.overheadParts.activations / estimate.tensorParallel
  return room > 0 ? room : undefined
}

/** An allocator's figure leaves the driver's context out, the driver's has it. */
function figuresOf(row: MeasuredRow, estimate: MemoryEstimate): Partial<Record<string, number>> {
  const isPerGpu = row.scope === 'per_gpu'
  const terms = isPerGpu ? estimate.perGpu : estimate
  const share = isPerGpu ? estimate.tensorParallel : 1
  const seesDriver = row.kind === 'process_vram' || row.kind === 'device_delta'
  const runtime = estimate.overheadParts.runtime / share
  const room = roomForCache(row, estimate)
  const perToken = isPerGpu ? estimate.perGpu.kvBytesPerToken : estimate.kvBytesPerToken
  return {
    weights_bytes:
      terms.weights + (estimate.hostWeights + estimate.unloadedWeights * (isLlamaCpp(row) ? 1 : 0)) / share,
    kv_bytes: room ?? terms.kvCache,
    kv_bytes_per_token: perToken,
    kv_tokens: room === undefined ? estimate.contextLength * estimate.batch : room / perToken,
    overhead_bytes: estimate.overheadParts.activations / share,
    total_bytes: terms.total - (seesDriver ? 0 : runtime),
    recurrent_state_bytes_per_sequence: terms.state / estimate.batch,
  }
}

function isLlamaCpp({ engine }: MeasuredRow): boolean {
  return /llama\.cpp/.test(engine)
}

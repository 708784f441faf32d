import { mlpLayers } from './count-params.ts'
import { type Engine, isFusedAwq } from './engine.ts'
import type { ModelShape } from './model-shape.ts'
import type { ResolvedOptions } from './options.ts'
import type { Quantization } from './quantization.ts'
import { splitsTensors } from './tensor-parallel.ts'
import { vllmLimits } from './vllm-limits.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

/** What a GPU holds besides weights and cache. */
export interface OverheadBytes {
  /** Activations and work buffers, which the engine's allocator counts. */
  readonly activations: number
  /** Driver context and libraries: seen by the driver, counted by no allocator. */
  readonly runtime: number
  readonly band: readonly [low: number, high: number]
}

/** Widths that decide how large activations are. */
interface Widths {
  readonly hidden: number
  readonly vocabulary: number
  /** Of the MLP of one token: dense, or the active experts together. */
  readonly intermediate: number
  readonly attention: number
}

/** The overhead of one GPU. */
export function overheadBytes(
  shape: ModelShape | undefined,
  params: number,
  quantization: Quantization,
  options: ResolvedOptions,
): OverheadBytes {
  const widths = widthsOf(shape, params)
  const rule = rules[options.engine]
  const activations =
    rule.activations(widths, options, shape) +
    (isFusedAwq(options.engineName) ? fusedAwqBytes(widths, options, shape, quantization) : 0)
  return { activations, runtime: rule.runtime, band: shape?.hidden === undefined ? [0.4, 2.5] : rule.band }
}

interface OverheadRule {
  readonly activations: (widths: Widths, options: ResolvedOptions, shape: ModelShape | undefined) => number
  readonly runtime: number
  readonly band: readonly [low: number, high: number]
}

/**
 * A CUDA or ROCm context with its libraries takes 0.3 to 0.6 GiB of a process, as drivers and logs show it. Allocator figures leave it
 * out, so it is a term of its own. Apple and browser engines have none that their own figures would miss.
 */
const rules: Readonly<Record<Engine, OverheadRule>> = {
  vllm: { activations: vllmActivations, runtime: 0.45 * GIB, band: [0.5, 1.7] },
  sglang: { activations: sglangActivations, runtime: 0.5 * GIB, band: [0.5, 2] },
  'llama.cpp': { activations: llamaCppBuffers, runtime: 0.3 * GIB, band: [0.5, 2.2] },
  transformers: { activations: transformersActivations, runtime: 0.45 * GIB, band: [0.2, 2] },
  mlx: { activations: mlxActivations, runtime: 0, band: [0.6, 1.5] },
  mlc: { activations: mlcActivations, runtime: 0, band: [0.7, 1.6] },
  generic: { activations: genericActivations, runtime: 0.45 * GIB, band: [0.3, 3] },
}

/** Residuals, norms and the MLP's three intermediates of one token, two bytes each: the peak of a forward pass. */
function tokenBytes({ hidden, intermediate }: Widths, residuals: number, split = 1): number {
  return 2 * ((3 * intermediate) / split + residuals * hidden)
}

/**
 * vLLM profiles itself with its largest batch. Two peaks: the forward pass of `max_num_batched_tokens`, and the sampler sorting
 * `max_num_seqs` rows of logits. The sampler's is logits in float32, a sorted copy with 64-bit indices, softmax and cumulative sums
 * of it (vllm/v1/sample/ops/topk_topp_sampler.py): 38.7 bytes for each logit, the same on both models of the llm-d logs and on V0.
 */
function vllmActivations(widths: Widths, options: ResolvedOptions): number {
  const { tokens, sequences } = vllmLimits(options)
  const forward = tokens * tokenBytes(widths, 3, options.tensorParallel)
  const sampler = sequences * widths.vocabulary * 38.7
  // Outside torch: 0.13 GiB on one GPU, and NCCL with custom all-reduce buffers, about 0.5 GiB, on several.
  const outside = (options.tensorParallel === 1 ? 0.13 : 0.5) * GIB
  return Math.max(forward, sampler) + tokens * widths.hidden * 2 + outside
}

/** SGLang prefills in chunks (8192 tokens on large GPUs, else 2048) and keeps activations outside its static share. */
function sglangActivations(widths: Widths, options: ResolvedOptions): number {
  const { tokens } = vllmLimits(options)
  return tokens * tokenBytes(widths, 4, options.tensorParallel) + options.batch * widths.vocabulary * 8 + 0.5 * GIB
}

/**
 * llama.cpp's compute buffer with flash attention, for its default micro-batch of 512: float32 logits, one activation of the wider
 * of hidden and heads, the mask over the context. On each GPU.
 */
function llamaCppBuffers({ vocabulary, hidden, attention }: Widths, { contextLength, batch }: ResolvedOptions): number {
  const ubatch = Math.min(512, contextLength * batch)
  return 4 * ubatch * (vocabulary + Math.max(hidden, attention)) + 4 * ubatch * Math.min(contextLength, 1 << 24)
}

/**
 * transformers prefills a whole prompt at once: 3 intermediates and 4 residuals a token at the peak; cuBLAS works in 8 MiB (32 on
 * Hopper). Measured long prompts show all of it (Qwen2.5 under 4.46) or none (Qwen3 under 4.51, whose figures are weights and cache
 * to the MiB), so half is expected and the band reaches both.
 */
function transformersActivations(widths: Widths, { contextLength, generatedTokens, batch }: ResolvedOptions): number {
  const prompt = Math.max(1, contextLength - generatedTokens)
  return 0.5 * prompt * batch * tokenBytes(widths, 4) + batch * widths.vocabulary * 8 + 16 * MIB
}

/**
 * mlx_lm prefills 2048 tokens at a time and computes the 16-bit logits of the last chunk, all of them
 * (mlx_lm/generate.py: prefill_step_size; `logits[:, -1, :]` comes after the matrix product). A gated delta net also holds its
 * projections in float32.
 */
function mlxActivations(
  widths: Widths,
  { contextLength, batch }: ResolvedOptions,
  shape: ModelShape | undefined,
): number {
  const chunk = Math.min(2048, contextLength) * batch
  const mixer =
    shape?.linear === undefined
      ? 0
      : 4 * (2 * shape.linear.keyHeads * shape.linear.keyDim + 3 * shape.linear.valueHeads * shape.linear.valueDim)
  return chunk * (2 * widths.vocabulary + tokenBytes(widths, 4) + mixer) + 64 * MIB
}

/** MLC plans its buffers for one prefill chunk, 1024 tokens in the web builds, with float32 logits of the last token. */
function mlcActivations(widths: Widths, { contextLength, kvBytes }: ResolvedOptions): number {
  return Math.min(1024, contextLength) * tokenBytes(widths, 4) * (kvBytes[0] / 2) + widths.vocabulary * 8
}

function genericActivations(widths: Widths, options: ResolvedOptions): number {
  const tokens = Math.min(2048, options.contextLength) * Math.min(options.batch, 8)
  return (
    tokens * tokenBytes(widths, 4, splitsTensors(options) ? options.tensorParallel : 1) +
    options.batch * widths.vocabulary * 8 +
    128 * MIB
  )
}

/**
 * AutoAWQ's fused modules: the fused QKV weights exist beside their parts (awq/modules/fused/attn.py), its GEMM sums 8 partial
 * results (awq/modules/linear/gemm.py: split_k_iters 8), and the prompt's logits are made and cast to float32.
 */
function fusedAwqBytes(
  widths: Widths,
  options: ResolvedOptions,
  shape: ModelShape | undefined,
  { bits }: Quantization,
): number {
  const prompt = Math.max(
    1,
    options.contextLength - Math.min(options.generatedTokens, Math.ceil(options.contextLength / 2)),
  )
  const qkv =
    shape?.hidden === undefined
      ? 0
      : shape.plan.layers * shape.hidden * (shape.heads + 2 * shape.kvHeads) * shape.headDim
  return (qkv * bits) / 8 + prompt * options.batch * (8 * 2 * widths.intermediate + 6 * widths.vocabulary)
}

/** Where the config is silent: widths that models of that size have. */
function widthsOf(shape: ModelShape | undefined, params: number): Widths {
  const hidden = shape?.hidden ?? Math.min(16384, Math.max(512, 4096 * (params / 8e9) ** 0.4))
  const vocabulary = shape?.vocabulary ?? 128_000
  const attention = shape === undefined ? hidden : shape.heads * shape.headDim
  return { hidden, vocabulary, attention, intermediate: activeIntermediate(shape) ?? 3.5 * hidden }
}

function activeIntermediate(shape: ModelShape | undefined): number | undefined {
  if (shape === undefined) return undefined
  const { experts, intermediate } = shape
  if (experts === undefined) return intermediate
  const routed = experts.active * experts.intermediate + experts.shared
  return mlpLayers(shape).dense > 0 ? Math.max(routed, intermediate ?? 0) : routed
}

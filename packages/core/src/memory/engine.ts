/** The engines whose memory is modelled. What is none of them is `generic`. */
export const engines = ['vllm', 'llama.cpp', 'transformers', 'mlx', 'sglang', 'mlc', 'generic'] as const
export type Engine = (typeof engines)[number]

/** Other names of an engine, and programs that run one inside. */
const aliases: readonly (readonly [RegExp, Engine])[] = [
  [/^(vllm|aphrodite|lmdeploy|tgi|text-generation-inference|tensorrt-?llm|trt-?llm)/, 'vllm'],
  [/^sglang|^sgl$/, 'sglang'],
  [
    /llama[._-]?cpp|^llamacpp|^llama-(server|cli|bench)|^ollama|^lm-?studio|^lmstudio|^gguf|^kobold|^jan$|^gpt4all|^llamafile/,
    'llama.cpp',
  ],
  [/^mlx/, 'mlx'],
  [/^mlc|^web-?llm/, 'mlc'],
  [
    /^transformers|^hf$|^hugging ?face|^accelerate|^torch|^pytorch|^auto-?awq|^auto-?gptq|^gptqmodel|^bitsandbytes/,
    'transformers',
  ],
]

/**
 * The engine meant by a name. Never fails: an unknown name is `generic`.
 * @example resolveEngine('Ollama') // 'llama.cpp'
 */
export function resolveEngine(name: string | undefined): Engine {
  const wanted = name?.trim().toLowerCase() ?? ''
  const own = engines.find((engine) => engine === wanted)
  return own ?? aliases.find(([pattern]) => pattern.test(wanted))?.[1] ?? 'generic'
}

/** AutoAWQ's fused modules work differently from plain transformers: split-K buffers and both forms of the QKV weights. */
export function isFusedAwq(name: string | undefined): boolean {
  return /^auto-?awq/i.test(name?.trim() ?? '')
}

/** Forks that keep the whole context in sliding-window layers, as llama.cpp did before May 2025. */
export function keepsFullWindow(name: string | undefined): boolean {
  return /ik[_-]llama|swa-full/i.test(name ?? '')
}

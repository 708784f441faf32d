import type { Engine } from '../memory/engine.ts'
import { isGguf } from './choose-engine.ts'
import type { FitFacts } from './fit-facts.ts'

/** Formats that people make of a model for each engine, best first. */
const byEngine: Readonly<Record<Engine, readonly string[]>> = {
  vllm: ['FP8', 'AWQ-INT4'],
  sglang: ['FP8', 'AWQ-INT4'],
  transformers: ['BNB-NF4'],
  'llama.cpp': ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q3_K_M', 'Q2_K'],
  mlx: ['MLX-8BIT', 'MLX-6BIT', 'MLX-4BIT', 'MLX-3BIT'],
  mlc: ['MLC-q4f16_1', 'MLC-q3f16_1'],
  generic: ['FP8', 'AWQ-INT4', 'Q4_K_M', 'Q3_K_M', 'Q2_K'],
}

/** Formats that can be made of 16-bit (or wider) weights. Of weights that are packed already, nothing smaller is made. */
function smallerFormats(published: string, engine: Engine): readonly string[] {
  if (/^(?:BF16|FP16|F16|FP32|F32)$/i.test(published)) return byEngine[engine]
  if (/^FP8/i.test(published)) return byEngine[engine].filter((format) => format !== 'FP8')
  return []
}

/** The published format and smaller ones; of a GGUF repository the files it has, the largest first. */
export function formatsOf(facts: FitFacts, engine: Engine): readonly string[] {
  const files = Object.entries(facts.model.ggufFilesBytes ?? {}).toSorted(([, a], [, b]) => b - a)
  if (files.length === 0) return [facts.quantization, ...smallerFormats(facts.quantization, engine)]
  const published = files.findIndex(([format]) => format === facts.quantization)
  return [facts.quantization, ...files.slice(published + 1).map(([format]) => format)]
}

/** Does a repository of this format give that one? A GGUF repository holds many. */
export function offers(repositoryFormat: string, wanted: string): boolean {
  if (repositoryFormat.toUpperCase() === wanted.toUpperCase()) return true
  if (isGguf(wanted) && /^GGUF$/i.test(repositoryFormat)) return true
  // Both are four bits with a scale for every group, and need the same memory.
  return /^(?:AWQ|GPTQ)-INT4$/.test(wanted) && /^(?:AWQ|GPTQ)-INT4$/i.test(repositoryFormat)
}

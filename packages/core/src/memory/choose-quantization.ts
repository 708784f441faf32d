import { isObject } from '../util/json.ts'
import { lookUp } from '../util/look-up.ts'
import type { ModelFactsForMemory } from './facts.ts'
import { parseQuantization, type Quantization, sixteenBit } from './quantization.ts'
import { readQuantizationConfig } from './quantization-config.ts'

export interface ChosenQuantization {
  readonly quantization: Quantization
  /** Is it the format of the published files, so that their sizes apply? */
  readonly isPublished: boolean
  readonly notes: readonly string[]
}

/**
 * The number format to compute with: the one asked for, else the published one as the facts, the config, the name or the stored
 * dtypes tell it, else 16 bit.
 * @throws {RangeError} when the one asked for is not known
 */
export function chooseQuantization(facts: ModelFactsForMemory, asked: string | undefined): ChosenQuantization {
  const published = publishedQuantization(facts)
  if (asked === undefined) return { ...published, isPublished: true }
  const wanted = parseQuantization(asked)
  if (wanted === undefined)
    throw new RangeError(
      `Cannot estimate memory at quantization "${asked.slice(0, 40)}": write it as BF16, FP8, AWQ-INT4, GPTQ-INT4, NVFP4, BNB-NF4, MLX-4bit or a GGUF type such as Q4_K_M`,
    )
  const isPublished = wanted.label === published.quantization.label
  return { quantization: isPublished ? published.quantization : wanted, isPublished, notes: [] }
}

function publishedQuantization(facts: ModelFactsForMemory): { quantization: Quantization; notes: readonly string[] } {
  const declared = isObject(facts.config) ? readQuantizationConfig(facts.config) : undefined
  const stated = facts.quantization === undefined ? undefined : parseQuantization(facts.quantization)
  // The config knows the group size and what stays wide; the label knows when the config is that of another repository.
  if (declared !== undefined && (stated === undefined || stated.method === declared.method))
    return { quantization: declared, notes: [] }
  if (stated !== undefined) return { quantization: stated, notes: [] }
  const guessed = fromGguf(facts) ?? fromName(facts) ?? fromDtype(facts)
  if (guessed !== undefined)
    return { quantization: guessed, notes: facts.quantization === undefined ? [] : [unread(facts.quantization)] }
  return {
    quantization: { ...sixteenBit, isGuess: facts.quantization !== undefined },
    notes: facts.quantization === undefined ? [] : [unread(facts.quantization)],
  }
}

function unread(label: string): string {
  return `the number format "${label.slice(0, 40)}" is not known`
}

/** A repository of GGUF files has no one format: the usual choice among those it offers. */
function fromGguf({ ggufFilesBytes, quantization, tags }: ModelFactsForMemory): Quantization | undefined {
  const names = Object.keys(ggufFilesBytes ?? {})
  const isGguf = names.length > 0 || /gguf/i.test(quantization ?? '') || (tags ?? []).includes('gguf')
  if (!isGguf) return undefined
  const label = names.includes('Q4_K_M') ? 'Q4_K_M' : (names[0] ?? 'Q4_K_M')
  const known = parseQuantization(label)
  return known === undefined ? undefined : { ...known, isGuess: known.isGuess || names.length === 0 }
}

/** `…-AWQ`, `…-GPTQ-Int8`, `…-FP8`, `…-4bit`, `…Q4_K_M.gguf` in the last part of the name. */
function fromName({ name }: ModelFactsForMemory): Quantization | undefined {
  const last = (name ?? '').slice(-200).split('/').at(-1) ?? ''
  const gguf = /(?:^|[-.])((?:UD-)?(?:I?Q\d_[A-Z0-9_]+|TQ[12]_0|MXFP4_MOE|BF16|F16))(?=[-.]|$)/i.exec(last)?.[1]
  const other =
    /(?:^|[-_.])(awq(?:-?int4)?|gptq(?:[-_]?int[348]|-[348]bit)?|nvfp4|mxfp4|fp8|bnb-?(?:4|8)bit|bnb-nf4|w4a16|w8a8|int4|int8|[2-8]bit)(?=[-_.]|$)/i.exec(
      last,
    )?.[1]
  const text = gguf ?? other
  return text === undefined ? undefined : parseQuantization(text)
}

const dtypeLabels: Readonly<Record<string, string>> = {
  BF16: 'BF16',
  F16: 'FP16',
  F32: 'FP32',
  F8_E4M3: 'FP8',
  F8_E5M2: 'FP8',
  bfloat16: 'BF16',
  float16: 'FP16',
  float32: 'FP32',
}

/** The dtype most parameters are stored in, or `torch_dtype`. */
function fromDtype({ paramsByDtype, config }: ModelFactsForMemory): Quantization | undefined {
  const [most] = Object.entries(paramsByDtype ?? {}).toSorted(([, a], [, b]) => b - a)[0] ?? []
  const stated = isObject(config) ? (config['torch_dtype'] ?? config['dtype']) : undefined
  const label =
    lookUp(dtypeLabels, most ?? '') ?? (typeof stated === 'string' ? lookUp(dtypeLabels, stated) : undefined)
  return label === undefined ? undefined : parseQuantization(label)
}

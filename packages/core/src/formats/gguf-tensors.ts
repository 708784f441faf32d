import { type TensorType, tensorTypeBits } from '../memory/gguf-types.ts'
import type { ByteCursor } from './byte-cursor.ts'
import { readText } from './gguf-metadata.ts'
import { headerError } from './header-error.ts'

/** The tensors of a GGUF file, summed up. */
export interface GgufTensors {
  readonly count: number
  readonly params: number
  readonly bytes: number
  /** Bytes of the input embeddings, of one for each layer as well. */
  readonly embeddingBytes: number
  readonly hasOutput: boolean
  /** Rows of the input embeddings: the vocabulary. */
  readonly vocabulary: number | undefined
  readonly bytesByType: Readonly<Record<string, number>>
}

const MAX_TENSORS = 1_000_000
const MAX_NAME_BYTES = 4096
const MAX_DIMENSIONS = 4
const MAX_DIMENSION = 2 ** 40

/** Tensor types by number. @see ggml/include/ggml.h, enum ggml_type */
const typeNames: Readonly<Record<number, TensorType>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  8: 'Q8_0',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  29: 'IQ1_M',
  30: 'BF16',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
  40: 'NVFP4',
}
/** Integers and doubles, which only small tensors have. */
const plainBits: Readonly<Record<number, number>> = { 24: 8, 25: 16, 26: 32, 27: 64, 28: 64 }

/** Reads the tensor section: `count` descriptions, as the header claims. */
export async function readTensors(cursor: ByteCursor, count: number, version: number): Promise<GgufTensors> {
  if (count > MAX_TENSORS) throw headerError('GGUF', `it claims ${count} tensors, more than ${MAX_TENSORS}`)
  const byType = new Map<string, number>()
  let [params, bytes, embeddingBytes, hasOutput] = [0, 0, 0, false]
  let vocabulary: number | undefined
  for (let index = 0; index < count; index++) {
    const tensor = await readTensor(cursor, version)
    params += tensor.params
    bytes += tensor.bytes
    byType.set(tensor.type, (byType.get(tensor.type) ?? 0) + tensor.bytes)
    if (/^(per_layer_)?token_embd\.weight$/.test(tensor.name)) embeddingBytes += tensor.bytes
    if (tensor.name === 'token_embd.weight') vocabulary = tensor.dimensions[1]
    if (tensor.name === 'output.weight') hasOutput = true
  }
  return { count, params, bytes, embeddingBytes, hasOutput, vocabulary, bytesByType: Object.fromEntries(byType) }
}

interface Tensor {
  readonly name: string
  readonly type: string
  readonly dimensions: readonly number[]
  readonly params: number
  readonly bytes: number
}

async function readTensor(cursor: ByteCursor, version: number): Promise<Tensor> {
  const name = await readText(cursor, version, MAX_NAME_BYTES)
  if (name === undefined) throw headerError('GGUF', 'the name of a tensor is too long')
  await cursor.need(4)
  const rank = cursor.uint32()
  if (rank > MAX_DIMENSIONS) throw headerError('GGUF', `a tensor has ${rank} dimensions, more than ${MAX_DIMENSIONS}`)
  const size = version === 1 ? 4 : 8
  await cursor.need(rank * size + 12)
  const dimensions = Array.from({ length: rank }, () => (version === 1 ? cursor.uint32() : cursor.uint64()))
  if (dimensions.some((dimension) => dimension > MAX_DIMENSION))
    throw headerError('GGUF', 'a tensor is too large to be')
  const number = cursor.uint32()
  cursor.skip(8)
  const params = dimensions.reduce((product, dimension) => product * dimension, 1)
  return { name, dimensions, params, ...sizeOf(number, params) }
}

/** A type of a fork or of the future has an unknown size: taken as 4.5 bits a weight, the commonest. */
function sizeOf(number: number, params: number): { type: string; bytes: number } {
  const type = typeNames[number]
  const bits = type === undefined ? (plainBits[number] ?? 4.5) : tensorTypeBits[type]
  return { type: type ?? `type-${number}`, bytes: Math.ceil((params * bits) / 8) }
}

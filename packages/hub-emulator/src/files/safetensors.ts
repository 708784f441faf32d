import type { ComputedContent } from './content.ts'

const dtypeBytes: Readonly<Record<string, number>> = { F32: 4, BF16: 2, F16: 2, F8_E4M3: 1, I8: 1, U8: 1 }
/** Tensors in one shard, at most. */
export const MAX_SHARD_TENSORS = 48

export interface SafetensorsShard {
  readonly content: ComputedContent
  readonly tensors: readonly string[]
}

export interface SafetensorsOptions {
  readonly seed: string
  readonly dtype: string
  /** Numbers in all. */
  readonly elements: number
  /** Number of the first layer in this shard. */
  readonly firstLayer: number
}

/** A file of weights with a true header: `elements` numbers of one type, spread over named tensors. */
export function safetensorsShard({ seed, dtype, elements, firstLayer }: SafetensorsOptions): SafetensorsShard {
  const bytesPerElement = dtypeBytes[dtype]
  if (bytesPerElement === undefined) throw new RangeError(`Cannot lay out weights of type "${dtype}"`)
  const count = Math.max(1, Math.min(MAX_SHARD_TENSORS, Math.floor(elements / 64)))
  const each = Math.floor(elements / count)
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  const tensors = Array.from({ length: count }, (_, index) => `model.layers.${firstLayer + index}.mlp.down_proj.weight`)
  let offset = 0
  for (const [index, name] of tensors.entries()) {
    const own = index === count - 1 ? elements - each * (count - 1) : each
    const end = offset + own * bytesPerElement
    header[name] = { dtype, shape: own % 8 === 0 ? [own / 8, 8] : [own], data_offsets: [offset, end] }
    offset = end
  }
  const head = withLength(Buffer.from(JSON.stringify(header)))
  return { content: { kind: 'computed', seed, header: head, size: head.length + offset }, tensors }
}

/** The length goes before the JSON, which is filled up with blanks to a multiple of eight. */
function withLength(json: Buffer): Buffer {
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  return Buffer.concat([length, padded])
}

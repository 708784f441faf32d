import type { ComputedContent } from './content.ts'

/** GGML types by number: elements in a block, bytes of a block. @see ggml.h, enum ggml_type; Q4_K_M is mostly Q4_K. */
const ggmlTypes = {
  F16: { id: 1, block: 1, bytes: 2, fileType: 1 },
  Q8_0: { id: 8, block: 32, bytes: 34, fileType: 7 },
  Q4_K_M: { id: 12, block: 256, bytes: 144, fileType: 15 },
} as const

export type GgufQuantization = keyof typeof ggmlTypes
const ALIGNMENT = 32
const STRING = 8
const ARRAY = 9
const UINT32 = 4

export interface GgufOptions {
  readonly seed: string
  readonly quantization: GgufQuantization
  /** Weights in all, rounded up to whole blocks of 256 a layer. */
  readonly elements: number
  readonly architecture: string
  readonly contextLength: number
  readonly layers: number
}

/** A GGUF v3 file with a true header: a few settings, tensor infos, then weights up to the size they say. */
export function ggufFile(options: GgufOptions): ComputedContent {
  const type = ggmlTypes[options.quantization]
  const layers = Math.max(1, options.layers)
  const each = Math.max(256, Math.ceil(options.elements / layers / 256) * 256)
  const tensorBytes = (each / type.block) * type.bytes
  const stride = aligned(tensorBytes)
  const settings = settingsOf(options, layers, type.fileType)
  const tensors = Array.from({ length: layers }, (_, layer) =>
    Buffer.concat([
      text(`blk.${layer}.ffn_down.weight`),
      u32(2),
      u64(256),
      u64(each / 256),
      u32(type.id),
      u64(layer * stride),
    ]),
  )
  const counts = [u32(3), u64(tensors.length), u64(settings.length)]
  const head = Buffer.concat([Buffer.from('GGUF'), ...counts, ...settings, ...tensors])
  const header = Buffer.concat([head, Buffer.alloc(aligned(head.length) - head.length)])
  return { kind: 'computed', seed: options.seed, header, size: header.length + (layers - 1) * stride + tensorBytes }
}

function settingsOf({ architecture, contextLength, seed }: GgufOptions, layers: number, fileType: number): Buffer[] {
  return [
    setting('general.architecture', STRING, text(architecture)),
    setting('general.name', STRING, text(seed)),
    setting('general.file_type', UINT32, u32(fileType)),
    setting(`${architecture}.context_length`, UINT32, u32(contextLength)),
    setting(`${architecture}.block_count`, UINT32, u32(layers)),
    setting(`${architecture}.embedding_length`, UINT32, u32(256)),
    setting(`${architecture}.attention.head_count`, UINT32, u32(8)),
    setting(`${architecture}.attention.head_count_kv`, UINT32, u32(2)),
    setting('tokenizer.ggml.model', STRING, text('llama')),
    setting(
      'tokenizer.ggml.tokens',
      ARRAY,
      Buffer.concat([u32(STRING), u64(3), ...['<s>', '</s>', 'a'].map((token) => text(token))]),
    ),
  ]
}

function setting(key: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([text(key), u32(type), value])
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8')
  return Buffer.concat([u64(bytes.length), bytes])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

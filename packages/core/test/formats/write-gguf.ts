/** Writes GGUF headers for tests, from the format's own description (ggml/docs/gguf.md), not from the reader. */
export type Value =
  | { readonly type: 'uint32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'int32s'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'bools'; readonly value: readonly boolean[] }

export interface TensorInfo {
  readonly name: string
  readonly dimensions: readonly number[]
  /** Number of the GGML type. */
  readonly type: number
}

export interface GgufContent {
  readonly metadata: Readonly<Record<string, Value>>
  readonly tensors: readonly TensorInfo[]
  readonly version?: number
  /** Counts as claimed, where they are not to be the true ones. */
  readonly claimedKeys?: bigint
  readonly claimedTensors?: bigint
}

const numbers = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const

/** The bytes of a header, without the tensors' data. */
export function writeGguf(content: GgufContent): Uint8Array {
  const { metadata, tensors, version = 3 } = content
  const pairs = Object.entries(metadata)
  return Buffer.concat([
    Buffer.from('GGUF'),
    u32(version),
    u64(content.claimedTensors ?? BigInt(tensors.length)),
    u64(content.claimedKeys ?? BigInt(pairs.length)),
    ...pairs.flatMap(([key, value]) => [text(key), valueBytes(value)]),
    ...tensors.flatMap(({ name, dimensions, type }) => [
      text(name),
      u32(dimensions.length),
      ...dimensions.map((size) => u64(BigInt(size))),
      u32(type),
      u64(0n),
    ]),
  ])
}

function valueBytes(given: Value): Buffer {
  switch (given.type) {
    case 'uint32':
      return Buffer.concat([u32(numbers.uint32), u32(given.value)])
    case 'bool':
      return Buffer.concat([u32(numbers.bool), Buffer.from([given.value ? 1 : 0])])
    case 'string':
      return Buffer.concat([u32(numbers.string), text(given.value)])
    case 'strings':
      return array(numbers.string, given.value.map(text))
    case 'int32s':
      return array(numbers.int32, given.value.map(u32))
    case 'floats':
      return array(
        numbers.float32,
        given.value.map(() => u32(0)),
      )
    case 'bools':
      return array(
        numbers.bool,
        given.value.map((value) => Buffer.from([value ? 1 : 0])),
      )
  }
}

function array(type: number, elements: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(numbers.array), u32(type), u64(BigInt(elements.length)), ...elements])
}

function text(value: string): Buffer {
  return Buffer.concat([u64(BigInt(Buffer.byteLength(value))), Buffer.from(value)])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}

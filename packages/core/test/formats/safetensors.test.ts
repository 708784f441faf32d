import { hasErrorCode } from '@hubgate/core/errors'
import {
  type ByteReader,
  bytesReader,
  parseConfig,
  parseSafetensorsIndex,
  readSafetensorsHeader,
  safetensorsFacts,
} from '@hubgate/core/formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const header = {
  __metadata__: { format: 'pt' },
  'model.embed_tokens.weight': { dtype: 'BF16', shape: [100, 8], data_offsets: [0, 1600] },
  'model.layers.0.mlp.gate_proj.qweight': { dtype: 'I32', shape: [4, 8], data_offsets: [1600, 1728] },
  'model.layers.0.mlp.gate_proj.scales': { dtype: 'BF16', shape: [8], data_offsets: [1728, 1744] },
}

function fileOf(json: unknown, dataBytes = 1744, claimed?: bigint): ByteReader {
  const text = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(claimed ?? BigInt(text.byteLength))
  return bytesReader(Buffer.concat([length, text, Buffer.alloc(dataBytes)]))
}

async function reasonOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (hasErrorCode(error, 'ERR_FILE_HEADER')) return error.details.reason
    throw error
  }
}

describe('readSafetensorsHeader()', () => {
  test('counts elements by dtype and bytes by offsets', async () => {
    const read = await readSafetensorsHeader(fileOf(header))
    expect(read).toEqual({ tensors: 3, tensorBytes: 1744, paramsByDtype: { BF16: 808, I32: 32 } })
    expect(safetensorsFacts([read, read])).toEqual({
      paramsByDtype: { BF16: 1616, I32: 64 },
      weightsBytes: 3488,
      weightsBasis: 'header',
    })
  })

  test('reads a header longer than the first part in a second read', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [
        `model.layers.${index}.weight`,
        { dtype: 'F16', shape: [1], data_offsets: [2 * index, 2 * index + 2] },
      ]),
    )
    expect(await readSafetensorsHeader(fileOf(many, 10_000))).toMatchObject({ tensors: 5000, tensorBytes: 10_000 })
  })

  test.each([
    ['a length beyond the limit', fileOf(header, 10, 2n ** 63n), 'claims to be'],
    ['a length beyond the file', fileOf(header, 10, 2_000_000n), 'longer than the file'],
    ['a file of four bytes', bytesReader(new Uint8Array(4)), 'shorter'],
    ['no JSON', fileOf('{"a": '), ''],
    ['a list', fileOf([1, 2]), 'no JSON object'],
    ['brackets a million deep', fileOf('['.repeat(1_000_000)), 'nested'],
    ['a tensor outside of the file', fileOf({ a: { dtype: 'F16', shape: [1], data_offsets: [0, 4000] } }), 'outside'],
    [
      'a tensor that ends before it begins',
      fileOf({ a: { dtype: 'F16', shape: [1], data_offsets: [4, 2] } }),
      'outside',
    ],
    ['a negative shape', fileOf({ a: { dtype: 'F16', shape: [-1], data_offsets: [0, 2] } }), 'shape'],
    [
      'a shape of 2^200',
      fileOf({ a: { dtype: 'F16', shape: Array.from({ length: 10 }, () => 2 ** 20), data_offsets: [0, 2] } }),
      'shape',
    ],
    [
      'overlapping tensors',
      fileOf({
        a: { dtype: 'F16', shape: [9], data_offsets: [0, 1744] },
        b: { dtype: 'F16', shape: [9], data_offsets: [0, 1744] },
      }),
      'longer',
    ],
    ['a dtype that is no word', fileOf({ a: { dtype: '__proto__', shape: [1], data_offsets: [0, 2] } }), 'no tensor'],
  ])('refuses %s', async (_, reader, reason) => {
    expect(await reasonOf(() => readSafetensorsHeader(reader))).toContain(reason)
  })

  test('meets any bytes with a sum or its own error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string({ maxLength: 500 })), fc.nat(4000), async (text, dataBytes) => {
        const reader = fileOf(text, dataBytes)
        let largest = 0
        const failure = await reasonOf(() =>
          readSafetensorsHeader({
            ...reader,
            read(start, end) {
              largest = Math.max(largest, end - start)
              return reader.read(start, end)
            },
          }),
        )
        expect(failure === undefined || failure.length > 0).toBe(true)
        expect(largest).toBeLessThanOrEqual(reader.sizeBytes)
      }),
      { numRuns: 300 },
    )
  })
})

describe('parseSafetensorsIndex()', () => {
  test('names each shard once', () => {
    const index = {
      metadata: { total_size: 123 },
      weight_map: {
        a: 'model-00001-of-00002.safetensors',
        b: 'model-00002-of-00002.safetensors',
        c: 'model-00001-of-00002.safetensors',
      },
    }
    expect(parseSafetensorsIndex(Buffer.from(JSON.stringify(index)))).toEqual({
      totalBytes: 123,
      files: ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
    })
  })

  test.each(['../../etc/passwd', '/abs/model.safetensors', 'a\\b.safetensors', 'pickle.bin'])(
    'refuses to name %s',
    async (file) => {
      expect(
        await reasonOf(() => parseSafetensorsIndex(Buffer.from(JSON.stringify({ weight_map: { a: file } })))),
      ).toContain('no shard')
    },
  )
})

describe('parseConfig()', () => {
  test('gives the object and what kind of model it is', () => {
    const config = { model_type: 'qwen3', architectures: ['Qwen3ForCausalLM'], hidden_size: 4096 }
    expect(parseConfig(Buffer.from(JSON.stringify(config)))).toEqual({
      config,
      modelType: 'qwen3',
      architecture: 'Qwen3ForCausalLM',
    })
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a number', Buffer.from('7')],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['brackets without end', Buffer.from('{"a":'.repeat(100_000))],
    ['nine megabytes', Buffer.alloc(9 * 1024 * 1024, 0x20)],
  ])('refuses %s', async (_, bytes) => {
    expect(await reasonOf(() => parseConfig(bytes))).toBeTypeOf('string')
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { hasErrorCode } from '@hubgate/core/errors'
import { type ByteReader, bytesReader, ggufFacts, openFileReader, readGgufHeader } from '@hubgate/core/formats'
import { estimateMemory } from '@hubgate/core/memory'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GgufContent, type TensorInfo, type Value, writeGguf } from './write-gguf.ts'

const uint32 = (value: number): Value => ({ type: 'uint32', value })
const [F32, Q4_K, Q6_K] = [0, 12, 14]

/** The shape of Llama-3.1-8B with two of its layers' tensors, in Q4_K and Q6_K. */
const content: GgufContent = {
  metadata: {
    'general.architecture': { type: 'string', value: 'llama' },
    'general.name': { type: 'string', value: 'Llama 3.1 8B' },
    'general.file_type': uint32(15),
    'llama.block_count': uint32(32),
    'llama.embedding_length': uint32(4096),
    'llama.feed_forward_length': uint32(14336),
    'llama.context_length': uint32(131072),
    'llama.attention.head_count': uint32(32),
    'llama.attention.head_count_kv': uint32(8),
    'llama.rope.dimension_count': uint32(128),
    'tokenizer.chat_template': { type: 'string', value: 'x'.repeat(20_000) },
    'tokenizer.ggml.tokens': { type: 'strings', value: Array.from({ length: 128256 }, (_, index) => `token-${index}`) },
    'tokenizer.ggml.scores': { type: 'floats', value: Array.from({ length: 128256 }, () => 0) },
  },
  tensors: [
    { name: 'token_embd.weight', dimensions: [4096, 128256], type: Q4_K },
    { name: 'output.weight', dimensions: [4096, 128256], type: Q6_K },
    { name: 'blk.0.ffn_down.weight', dimensions: [14336, 4096], type: Q4_K },
    { name: 'output_norm.weight', dimensions: [4096], type: F32 },
  ],
}

/** As large as it must be for its tensors: the data itself is never read. */
function fileOf(bytes: Uint8Array, dataBytes = 2 ** 40): ByteReader {
  return { ...bytesReader(bytes), sizeBytes: bytes.byteLength + dataBytes }
}

describe('readGgufHeader()', () => {
  test('sums the tensors to the byte and keeps what matters of the keys', async () => {
    const { tensors, metadata, shards } = await readGgufHeader(fileOf(writeGguf(content)))
    const embedding = (128256 * 4096 * 4.5) / 8
    expect(tensors.embeddingBytes).toBe(embedding)
    expect(tensors.bytes).toBe(embedding + (128256 * 4096 * 6.5625) / 8 + (14336 * 4096 * 4.5) / 8 + 4096 * 4)
    expect(tensors.params).toBe(2 * 128256 * 4096 + 14336 * 4096 + 4096)
    expect(tensors.hasOutput).toBe(true)
    expect(metadata.get('tokenizer.ggml.tokens')).toEqual({ length: 128256 })
    expect(metadata.has('tokenizer.chat_template')).toBe(false)
    expect(shards).toBe(1)
  })

  test('reads a file on disk as it reads bytes', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hubgate-gguf-'))
    try {
      const small = writeGguf({ ...content, tensors: [{ name: 'output_norm.weight', dimensions: [64], type: F32 }] })
      await writeFile(path.join(folder, 'model.gguf'), Buffer.concat([small, Buffer.alloc(256)]))
      await using reader = await openFileReader(path.join(folder, 'model.gguf'))
      expect((await readGgufHeader(reader)).tensors.bytes).toBe(256)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('reads the header in few chunks, in order, and hardly a byte twice', async () => {
    const bytes = writeGguf(content)
    const ends: number[] = []
    const reader = fileOf(bytes)
    await readGgufHeader({
      ...reader,
      read(start, end) {
        expect(start).toBeGreaterThanOrEqual((ends.at(-1) ?? 0) - 100)
        ends.push(Math.min(end, bytes.byteLength))
        return reader.read(start, end)
      },
    })
    expect(ends.length).toBeLessThan(10)
  })

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await expect(readGgufHeader(fileOf(writeGguf(content)), stop.signal)).rejects.toThrow('enough')
  })

  test.each([
    ['no GGUF', Buffer.from('PK\u0003\u0004 and more bytes'), 'does not begin with GGUF'],
    ['an empty file', Buffer.alloc(0), 'ends before'],
    ['a big-endian file', writeGguf({ ...content, version: 0x0300_0000 }), 'big-endian'],
    ['a version of the future', writeGguf({ ...content, version: 9 }), 'version 9'],
    ['a million billion keys', writeGguf({ ...content, claimedKeys: 10n ** 15n }), 'keys'],
    ['a million billion tensors', writeGguf({ ...content, claimedTensors: 10n ** 15n }), 'tensors'],
    ['a cut file', writeGguf(content).subarray(0, 5000), 'ends before'],
    [
      'a tensor of 2^60 rows',
      writeGguf({ ...content, tensors: [{ name: 'a', dimensions: [2 ** 45], type: F32 }] }),
      'too large',
    ],
  ])('refuses %s', async (_, bytes, reason) => {
    const reader = { ...bytesReader(bytes) }
    const failure: unknown = await readGgufHeader(reader).catch((error: unknown) => error)
    expect(hasErrorCode(failure, 'ERR_FILE_HEADER') && failure.details.reason).toContain(reason)
  })

  test('refuses tensors that are longer than their file', async () => {
    await expect(readGgufHeader(fileOf(writeGguf(content), 1000))).rejects.toThrow('longer than the file')
  })

  test('reads whatever damage is done to a header without hanging, over-reading or failing in another way', async () => {
    const small: GgufContent = {
      metadata: {
        ...content.metadata,
        'tokenizer.ggml.tokens': { type: 'strings', value: ['a', 'b'] },
        'tokenizer.ggml.scores': { type: 'floats', value: [0] },
      },
      tensors: content.tensors,
    }
    const whole = writeGguf(small)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(whole.byteLength),
        async (changes, cut) => {
          const bytes = Uint8Array.from(whole)
          for (const [at, value] of changes) bytes[at] = value
          let bytesRead = 0
          const inner = fileOf(bytes.subarray(0, Math.max(cut, 24)), 0)
          const failure: unknown = await readGgufHeader({
            ...inner,
            async read(start, end) {
              const part = await inner.read(start, end)
              bytesRead += part.byteLength
              return part
            },
          }).catch((error: unknown) => error)
          if (failure instanceof Error) expect(hasErrorCode(failure, 'ERR_FILE_HEADER')).toBe(true)
          expect(bytesRead).toBeLessThanOrEqual(2 * inner.sizeBytes)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('never asks for more than the header limit, whatever lengths are claimed', async () => {
    const wide: TensorInfo[] = [{ name: 'a', dimensions: [1], type: F32 }]
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.bigInt(0n, 4_000_000n), fc.bigInt(0n, 2n ** 64n - 1n)), async (claimed) => {
        const bytes = Buffer.concat([
          writeGguf({ metadata: { 'a.b': { type: 'strings', value: [] } }, tensors: wide, claimedKeys: 2n }),
        ])
        // The length of the empty array of texts, and with it what follows.
        bytes.writeBigUInt64LE(claimed, 24 + 8 + 3 + 4 + 4)
        let largest = 0
        const endless: ByteReader = {
          sizeBytes: 2 ** 50,
          read(start, end) {
            largest = Math.max(largest, end - start)
            const part = new Uint8Array(end - start)
            if (start < bytes.byteLength) part.set(bytes.subarray(start, end))
            return Promise.resolve(part)
          },
        }
        const failure: unknown = await readGgufHeader(endless).catch((error: unknown) => error)
        if (failure instanceof Error) expect(hasErrorCode(failure, 'ERR_FILE_HEADER')).toBe(true)
        expect(largest).toBeLessThanOrEqual(2 ** 20)
      }),
      { numRuns: 20 },
    )
  })
})

describe('ggufFacts()', () => {
  test('gives the facts that the config of the same model gives, with exact sizes', async () => {
    const header = await readGgufHeader(fileOf(writeGguf(content)))
    const facts = ggufFacts(header)
    expect(facts).toMatchObject({
      quantization: 'Q4_K_M',
      weightsBasis: 'header',
      weightsBytes: header.tensors.bytes,
      name: 'Llama 3.1 8B',
    })
    const estimate = estimateMemory(facts, { engine: 'llama.cpp', contextLength: 8192 })
    expect(estimate.kvCache).toBe(8192 * 2 * 32 * 8 * 128 * 2)
    expect(estimate.hostWeights).toBe(header.tensors.embeddingBytes)
    expect(estimate.weights).toBe(header.tensors.bytes - header.tensors.embeddingBytes)
    expect(estimate.basis).toBe('header')
  })

  test('counts layers without KV heads, and windows, from the lists by layer', async () => {
    const jamba = await readGgufHeader(
      fileOf(
        writeGguf({
          metadata: {
            'general.architecture': { type: 'string', value: 'nemotron_h' },
            'nemotron_h.block_count': uint32(4),
            'nemotron_h.embedding_length': uint32(1024),
            'nemotron_h.attention.head_count': uint32(8),
            'nemotron_h.attention.head_count_kv': { type: 'int32s', value: [0, 2, 0, 0] },
            'nemotron_h.attention.key_length': uint32(128),
            'nemotron_h.ssm.state_size': uint32(128),
            'nemotron_h.ssm.inner_size': uint32(2048),
            'nemotron_h.ssm.group_count': uint32(8),
            'nemotron_h.ssm.conv_kernel': uint32(4),
          },
          tensors: content.tensors,
        }),
      ),
    )
    expect(estimateMemory(ggufFacts(jamba), { contextLength: 1024 })).toMatchObject({
      kvBytesPerToken: 2 * 2 * 128 * 2,
    })
    expect(estimateMemory(ggufFacts(jamba), { contextLength: 1024 }).state).toBeGreaterThan(3 * 2048 * 128 * 4)
  })

  test('gives no size for one shard of several, and the sum for all', async () => {
    const split = { ...content, metadata: { ...content.metadata, 'split.count': uint32(2) } }
    const header = await readGgufHeader(fileOf(writeGguf(split)))
    expect(ggufFacts(header).weightsBytes).toBeUndefined()
    expect(ggufFacts(header, [header]).weightsBytes).toBe(2 * header.tensors.bytes)
  })
})

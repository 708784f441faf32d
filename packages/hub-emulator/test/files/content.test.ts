import { createHash } from 'node:crypto'
import { gguf } from '@huggingface/gguf'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Content, computedContent, readContent, sizeOf, storedContent } from '../../src/files/content.ts'
import { type GgufQuantization, ggufFile } from '../../src/files/gguf.ts'
import { gitBlobIdOf, sha256Of } from '../../src/files/hashes.ts'
import { safetensorsShard } from '../../src/files/safetensors.ts'

describe('readContent()', () => {
  test('gives the same bytes however a file is cut into ranges', () => {
    const made = safetensorsShard({ seed: 's', dtype: 'BF16', elements: 4000, firstLayer: 0 }).content
    const contents: readonly Content[] = [
      storedContent('hello, world'.repeat(400)),
      computedContent(5000, 'seed'),
      made,
    ]
    fc.assert(
      fc.property(fc.constantFrom(...contents), fc.array(fc.nat(5000), { maxLength: 8 }), (content, cuts) => {
        const size = sizeOf(content)
        const places = [0, ...cuts.map((cut) => Math.min(cut, size)), size].toSorted((a, b) => a - b)
        const parts = places.slice(1).map((end, index) => readContent(content, places[index] ?? 0, end))
        expect(Buffer.concat(parts).equals(readContent(content, 0, size))).toBe(true)
      }),
    )
  })

  test('gives the bytes of a place beyond 4 GiB without those before it', () => {
    const content = computedContent(64 * 1024 ** 3, 'large')
    const place = 40 * 1024 ** 3 + 7
    expect(readContent(content, place, place + 32)).toEqual(readContent(content, place - 9, place + 41).subarray(9, 41))
    expect(readContent(content, place, place + 32)).not.toEqual(readContent(content, 7, 39))
  })
})

describe('hashes', () => {
  test('are those of the bytes, computed or stored', async () => {
    const content = computedContent(9_000_001, 'hash')
    const bytes = readContent(content, 0, 9_000_001)
    expect(await sha256Of(content)).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(await gitBlobIdOf(content)).toBe(await gitBlobIdOf(storedContent(bytes)))
  })

  test('are those git gives: an empty file, and "hello\\n"', async () => {
    expect(await gitBlobIdOf(storedContent(''))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
    expect(await gitBlobIdOf(storedContent('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a')
  })
})

describe('safetensorsShard()', () => {
  test('has a header that says where each tensor lies, without a gap, to the end of the file', () => {
    fc.assert(
      fc.property(fc.constantFrom('F32', 'BF16', 'U8'), fc.integer({ min: 1, max: 100_000 }), (dtype, elements) => {
        const { content, tensors } = safetensorsShard({ seed: 's', dtype, elements, firstLayer: 3 })
        const length = Number(readContent(content, 0, 8).readBigUInt64LE())
        const header = JSON.parse(readContent(content, 8, 8 + length).toString('utf8')) as Record<
          string,
          { dtype: string; shape: number[]; data_offsets: [number, number] }
        >
        let [end, count] = [0, 0]
        for (const name of tensors) {
          const { shape = [], data_offsets: [from, to] = [0, 0] } = header[name] ?? {}
          const own = shape.reduce((product, side) => product * side, 1)
          expect([from, to - from]).toEqual([end, own * { F32: 4, BF16: 2, U8: 1 }[dtype]])
          end = to
          count += own
        }
        expect([count, length % 8, sizeOf(content)]).toEqual([elements, 0, 8 + length + end])
      }),
    )
  })
})

describe('ggufFile()', () => {
  test.each(['F16', 'Q8_0', 'Q4_K_M'] as const)('has a header the official parser reads: %s', async (quantization) => {
    const options = {
      seed: 'g',
      quantization,
      elements: 100_000,
      architecture: 'llama',
      contextLength: 8192,
      layers: 4,
    }
    const content = ggufFile(options)
    const bytes = readContent(content, 0, sizeOf(content))
    const { metadata, tensorInfos, tensorDataOffset } = await gguf('http://127.0.0.1/x.gguf', { fetch: fetchOf(bytes) })
    expect(metadata).toMatchObject({ version: 3, 'general.architecture': 'llama', 'llama.context_length': 8192 })
    expect(tensorInfos).toHaveLength(4)
    const last = tensorInfos.at(-1)
    const own = Number(last?.shape.reduce((product, side) => product * side, 1n))
    expect(Number(tensorDataOffset) + Number(last?.offset) + bytesOf(own, quantization)).toBe(bytes.length)
  })
})

function bytesOf(elements: number, quantization: GgufQuantization): number {
  const [block, bytes] = { F16: [1, 2], Q8_0: [32, 34], Q4_K_M: [256, 144] }[quantization] as [number, number]
  return (elements / block) * bytes
}

/** The official parser reads by ranges over HTTP. */
function fetchOf(bytes: Buffer): typeof fetch {
  return (_, init) => {
    const [, first = '0', last = ''] = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '') ?? []
    const part = bytes.subarray(Number(first), last === '' ? undefined : Number(last) + 1)
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`
    return Promise.resolve(new Response(new Uint8Array(part), { status: 206, headers: { 'content-range': range } }))
  }
}

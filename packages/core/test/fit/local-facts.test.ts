import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ComputedContent, ggufFile, safetensorsShard } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { fitModel } from '../../src/fit/fit-model.ts'
import { localFacts } from '../../src/fit/local-facts.ts'
import { parseHardwareRequest } from '../../src/hardware/parse-hardware-request.ts'

const config = {
  model_type: 'llama',
  hidden_size: 2048,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  intermediate_size: 8192,
  vocab_size: 128_256,
  tie_word_embeddings: true,
  max_position_embeddings: 131_072,
  torch_dtype: 'bfloat16',
}

/** Files with true headers, whose weights take no room on disk: zeros to the end. */
function makeFolder(
  files: Readonly<Record<string, ComputedContent>>,
  texts: Readonly<Record<string, string>> = {},
): Disposable & { folder: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-local-'))
  for (const [name, { header, size }] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), header)
    truncateSync(path.join(folder, name), size)
  }
  for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(folder, name), text)
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

const params = 1_235_814_400
const weights = safetensorsShard({ seed: 'a', dtype: 'BF16', elements: params, firstLayer: 0 }).content
const gguf = ggufFile({
  seed: 'b',
  quantization: 'Q4_K_M',
  elements: params,
  architecture: 'llama',
  contextLength: 8192,
  layers: 16,
})

describe('localFacts()', () => {
  test('reads a folder as transformers writes it, to the byte', async () => {
    using made = makeFolder({ 'model.safetensors': weights }, { 'config.json': JSON.stringify(config) })
    const facts = await localFacts(made.folder)
    expect(facts).toMatchObject({ quantization: 'BF16', maxContext: 131_072, notes: [] })
    expect(facts.model).toMatchObject({ weightsBytes: params * 2, paramsByDtype: { BF16: params } })
    const { estimate } = fitModel(facts, parseHardwareRequest('8GB')).trial
    expect(estimate).toMatchObject({ basis: 'header', weights: params * 2 })
  })

  test('follows the links of a snapshot, and leaves a broken one out', async () => {
    using made = makeFolder({ blob: weights })
    const snapshot = path.join(made.folder, 'snapshot')
    mkdirSync(snapshot)
    symlinkSync('../blob', path.join(snapshot, 'model-00001-of-00002.safetensors'))
    symlinkSync('../gone', path.join(snapshot, 'model-00002-of-00002.safetensors'))
    const facts = await localFacts(snapshot)
    expect(facts.model.weightsBytes).toBe(params * 2)
    expect(facts.notes).toEqual([expect.stringContaining('guessed')])
  })

  test('reads shape, format and size of a GGUF file from its header, whatever its name', async () => {
    using made = makeFolder({ 'model.gguf': gguf })
    const facts = await localFacts(path.join(made.folder, 'model.gguf'))
    expect(facts).toMatchObject({ id: 'model.gguf', quantization: 'Q4_K_M', maxContext: 8192, notes: [] })
    // 2 × 16 layers × 2 KV heads × (256 / 8) × 2 bytes.
    expect(fitModel(facts, parseHardwareRequest('8GB')).trial.estimate).toMatchObject({
      engine: 'llama.cpp',
      basis: 'header',
      kvBytesPerToken: 4096,
    })
  })

  test.each([
    ['a text', 'hello, world'],
    ['a header cut off', gguf.header.subarray(0, 100).toString('latin1')],
    ['nothing', ''],
  ])('refuses a GGUF file that is %s', async (_, text) => {
    using made = makeFolder({}, { 'model.gguf': text })
    await expect(localFacts(path.join(made.folder, 'model.gguf'))).rejects.toMatchObject({ code: 'ERR_FILE_HEADER' })
  })

  test('refuses what holds no weights, and what is not there', async () => {
    using made = makeFolder({}, { 'notes.txt': 'abc' })
    await expect(localFacts(made.folder)).rejects.toThrow('no weights are there')
    await expect(localFacts(path.join(made.folder, 'nothing'))).rejects.toThrow('ENOENT')
  })
})

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
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

/** A folder with files of these sizes, which take no room on disk. */
function makeFolder(
  sizes: Readonly<Record<string, number>>,
  texts: Readonly<Record<string, string>> = {},
): Disposable & { folder: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-local-'))
  for (const [name, size] of Object.entries(sizes)) {
    writeFileSync(path.join(folder, name), '')
    truncateSync(path.join(folder, name), size)
  }
  for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(folder, name), text)
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

describe('localFacts()', () => {
  test('reads a folder as transformers writes it', async () => {
    using made = makeFolder({ 'model.safetensors': 2_471_645_608 }, { 'config.json': JSON.stringify(config) })
    const facts = await localFacts(made.folder)
    expect(facts).toMatchObject({
      quantization: 'BF16',
      maxContext: 131_072,
      notes: [],
      model: { weightsBytes: 2_471_645_608 },
    })
    expect(fitModel(facts, parseHardwareRequest('8GB')).trial.estimate).toMatchObject({
      basis: 'files',
      weights: 2_471_645_608,
    })
  })

  test('follows the links of a snapshot, and leaves a broken one out', async () => {
    using made = makeFolder({ blob: 2_471_645_608 })
    const snapshot = path.join(made.folder, 'snapshot')
    mkdirSync(snapshot)
    symlinkSync('../blob', path.join(snapshot, 'model-00001-of-00002.safetensors'))
    symlinkSync('../gone', path.join(snapshot, 'model-00002-of-00002.safetensors'))
    expect((await localFacts(snapshot)).model.weightsBytes).toBe(2_471_645_608)
  })

  test('takes a GGUF file by its size, and says that its cache is guessed', async () => {
    using made = makeFolder({ 'Llama-3.1-8B-Instruct-Q4_K_M.gguf': 4_920_739_232 })
    const facts = await localFacts(path.join(made.folder, 'Llama-3.1-8B-Instruct-Q4_K_M.gguf'))
    expect(facts).toMatchObject({ quantization: 'Q4_K_M', notes: [expect.stringContaining('guessed')] })
    expect(fitModel(facts, parseHardwareRequest('8GB')).trial.estimate.engine).toBe('llama.cpp')
  })

  test('refuses what holds no weights, and what is not there', async () => {
    using made = makeFolder({ 'notes.txt': 3 })
    await expect(localFacts(made.folder)).rejects.toThrow('no weights are there')
    await expect(localFacts(path.join(made.folder, 'nothing'))).rejects.toThrow('ENOENT')
  })
})

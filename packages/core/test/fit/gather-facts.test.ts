import {
  type FaultRule,
  type FileSpec,
  ggufFile,
  type HubEmulatorOptions,
  type ModelSpec,
  startHubEmulator,
} from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { liveSource } from '../../src/catalog/live-source.ts'
import type { ModelRecord } from '../../src/catalog/record.ts'
import type { FitFacts } from '../../src/fit/fit-facts.ts'
import { gatherFacts } from '../../src/fit/gather-facts.ts'
import { HubClient } from '../../src/hub/client.ts'
import { estimateMemory } from '../../src/memory/estimate.ts'
import { resolveSettings } from '../../src/settings/settings.ts'

const config = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 4096,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  intermediate_size: 14_336,
  vocab_size: 128_256,
  tie_word_embeddings: false,
  max_position_embeddings: 131_072,
}
const params = 8_030_261_248

/** Large as far as the Hub's word goes: nobody reads its bytes here. */
function large(bytes: number): FileSpec {
  return { size: 100, announcedSize: bytes, announcedSha256: 'ab'.repeat(32), lfs: true }
}

const shards = {
  'model-00001-of-00002.safetensors': large(8_030_261_248),
  'model-00002-of-00002.safetensors': large(8_030_261_248),
}

function smallGguf(quantization: 'Q4_K_M' | 'Q8_0'): FileSpec {
  return ggufFile({ seed: 'x', quantization, elements: 1e6, architecture: 'llama', contextLength: 8192, layers: 4 })
}

const tiny = (spec: Partial<ModelSpec>): ModelSpec => ({
  id: 'acme/model',
  params,
  files: { 'config.json': JSON.stringify(config), ...shards },
  ...spec,
})

/** What `gatherFacts` makes of the first of these models, asked as nobody. */
async function gather(
  models: readonly ModelSpec[],
  options: { known?: readonly ModelRecord[]; emulator?: HubEmulatorOptions; signal?: AbortSignal } = {},
): Promise<{ facts: FitFacts; asked: string[] }> {
  await using hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models, ...options.emulator })
  await using client = new HubClient(resolveSettings({ flags: { endpoint: hub.endpoint } }))
  const record = await liveSource(client).find(models[0]?.id ?? '', {})
  if (record === undefined) throw new Error('the Hub does not know it')
  const facts = await gatherFacts(record, options.known ?? [], { client, signal: options.signal })
  return { facts, asked: hub.log.entries({ host: 'hub' }).map(({ route }) => route ?? '?') }
}

describe('gatherFacts()', () => {
  test('reads file sizes and config.json, with one call each and one for relatives', async () => {
    const { facts, asked } = await gather([tiny({})])
    expect(facts.model).toMatchObject({ config, weightsBytes: 2 * 8_030_261_248, weightsBasis: 'files' })
    expect(facts).toMatchObject({ quantization: 'BF16', maxContext: 131_072, notes: [] })
    expect(estimateMemory(facts.model, { contextLength: 1024 })).toMatchObject({
      basis: 'files',
      kvCache: 131_072 * 1024,
    })
    // After the details: the tree, the relatives, and of the file its address and its bytes.
    expect([...new Set(asked)].toSorted()).toEqual(['list-models', 'model-details', 'resolve', 'resolve-cache', 'tree'])
  })

  test('does not count copies of the weights, projectors and adapters', async () => {
    const files = {
      'config.json': JSON.stringify(config),
      ...shards,
      'consolidated.safetensors': large(16_060_522_496),
      'original/consolidated.00.safetensors': large(16_060_522_496),
      'adapter_model.safetensors': large(1_000_000),
    }
    expect((await gather([tiny({ files })])).facts.model.weightsBytes).toBe(2 * 8_030_261_248)
  })

  test('takes a GGUF repository by its files, and its shape from the base where no header tells it', async () => {
    const { facts } = await gather([
      tiny({
        id: 'acme/model-GGUF',
        library: 'gguf',
        baseModel: { id: 'acme/model', relation: 'quantized' },
        files: {
          'model-Q4_K_M.gguf': { size: 5000 },
          'UD-Q8_K_XL/model-UD-Q8_K_XL-00001-of-00002.gguf': large(6e9),
          'UD-Q8_K_XL/model-UD-Q8_K_XL-00002-of-00002.gguf': large(4e9),
          'mmproj-F16.gguf': large(8e8),
        },
      }),
      tiny({}),
    ])
    expect(facts.model.ggufFilesBytes).toEqual({ Q4_K_M: 5000, 'UD-Q8_K_XL': 10e9 })
    expect(facts.quantization).toBe('Q4_K_M')
    expect(facts.model.config).toMatchObject({ num_key_value_heads: 8 })
    expect(facts.notes).toEqual(['it has no config.json: its shape is taken from acme/model'])
  })

  test('reads the shape of a GGUF repository from the header of its usual file, by a few parts of it', async () => {
    const { facts, asked } = await gather([
      tiny({
        id: 'acme/only-GGUF',
        library: 'gguf',
        contextLength: 8192,
        params: 1e6,
        files: { 'only-Q8_0.gguf': smallGguf('Q8_0'), 'only-Q4_K_M.gguf': smallGguf('Q4_K_M') },
      }),
    ])
    expect(facts).toMatchObject({ quantization: 'Q4_K_M', maxContext: 8192, notes: [] })
    expect(facts.model).toMatchObject({
      config: { num_hidden_layers: 4, num_key_value_heads: 2 },
      weightsBasis: 'header',
    })
    expect(Object.keys(facts.model.ggufFilesBytes ?? {})).toEqual(['Q4_K_M', 'Q8_0'])
    expect(asked.filter((route) => route === 'tree')).toHaveLength(1)
  })

  test('goes behind a gate by a public relative, whose number format it does not take over', async () => {
    const quantized = { ...config, quantization_config: { quant_method: 'awq', bits: 4, group_size: 128 } }
    const { facts } = await gather([
      tiny({ id: 'acme/closed', gated: 'manual' }),
      tiny({
        id: 'bob/closed-AWQ',
        baseModel: { id: 'acme/closed', relation: 'quantized' },
        files: { 'config.json': JSON.stringify(quantized), 'model.safetensors': large(5_700_000_000) },
      }),
    ])
    expect(facts.relatives).toEqual([{ id: 'bob/closed-AWQ', quantization: 'AWQ' }])
    expect(facts.notes).toEqual(['its config.json is behind its gate: its shape is taken from bob/closed-AWQ'])
    expect(facts).toMatchObject({ quantization: 'BF16', model: { config, weightsBytes: 2 * 8_030_261_248 } })
  })

  test('takes a fine-tune for a model of its own, with a shape from its base', async () => {
    const { facts } = await gather([
      tiny({
        id: 'bob/tuned',
        gated: 'auto',
        baseModel: { id: 'acme/model', relation: 'finetune' },
      }),
      tiny({}),
      tiny({ id: 'acme/model-AWQ', baseModel: { id: 'acme/model', relation: 'quantized' } }),
      tiny({ id: 'carl/tuned-GGUF', library: 'gguf', baseModel: { id: 'bob/tuned', relation: 'quantized' } }),
    ])
    expect(facts.relatives).toEqual([{ id: 'carl/tuned-GGUF', quantization: 'GGUF' }])
    expect(facts.notes).toEqual(['its config.json is behind its gate: its shape is taken from acme/model'])
  })

  test('goes behind a gate by the curated facts first, then by the count alone, and says so', async () => {
    const closed = tiny({ id: 'acme/closed', gated: 'auto' })
    const { facts: bare } = await gather([closed])
    expect(bare.notes).toEqual([
      'its config.json is behind its gate, nor that of a relative: the cache is guessed from the parameter count',
    ])
    expect(estimateMemory(bare.model).kvCache).toBeGreaterThan(0)
  })

  test.each([
    ['no JSON', '{"hidden_size": 40'],
    ['no object', '[1, 2]'],
    ['no model', '{"model_type": "x"}'],
    ['a bomb', `{"num_hidden_layers": ${'9'.repeat(400)}}`],
  ])('does without a config.json that is %s', async (_, text) => {
    const { facts } = await gather([tiny({ files: { 'config.json': text, ...shards } })])
    expect(facts.notes.join()).toContain('does not tell its shape')
    expect(Number.isFinite(estimateMemory(facts.model).total)).toBe(true)
  })

  test('does not read a config.json of gigabytes, nor believe weights too small for their parameters', async () => {
    const { facts } = await gather([tiny({ files: { 'config.json': large(3e9), 'model.safetensors': large(1000) } })])
    expect(facts.notes.join()).toContain('does not tell its shape')
    expect(facts.model.weightsBytes).toBeUndefined()
  })

  test('keeps what the catalog knows when the Hub fails half-way', async () => {
    const faults: FaultRule[] = ['tree', 'resolve', 'list-models'].map((route) => ({
      when: { route },
      fault: { kind: 'html' },
    }))
    const { facts } = await gather([tiny({})], { emulator: { faults } })
    expect(facts.model).toMatchObject({ paramsTotal: params })
    expect(facts.model.config).toBeUndefined()
  })

  test('ends at once when aborted', async () => {
    await expect(gather([tiny({})], { signal: AbortSignal.abort() })).rejects.toThrow('abort')
  })
})

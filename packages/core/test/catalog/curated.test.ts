import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { curatedList } from '../../src/catalog/curated-list.ts'
import { factOf } from '../../src/catalog/merge.ts'
import { memoryOf } from '../../src/catalog/model-json.ts'
import { parseCurated } from '../../src/catalog/parse-curated.ts'
import { hasErrorCode } from '../../src/errors.ts'
import { countParams } from './count-params.ts'

const text = readFileSync(new URL('../../data/curated.json', import.meta.url), 'utf8')
const curated = curatedList()
const { records } = curated

describe('the curated list', () => {
  test('holds at least 330 models, sorted, each id and former id once', () => {
    expect(records.length).toBeGreaterThanOrEqual(330)
    expect(records.map(({ id }) => id)).toEqual(records.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1)))
    const names = records.flatMap(({ id, formerIds }) => [id, ...formerIds]).map((id) => id.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
  })

  test('has no base model that dangles', () => {
    const dangling = records
      .map((record) => factOf(record, 'baseModel'))
      .filter((id) => id !== undefined && curated.byId(id) === undefined)
    expect(dangling).toEqual([])
  })

  test('finds the present model by a former id, whatever the case', () => {
    expect(curated.byId('Meta-Llama/meta-llama-3.1-8b-instruct')?.id).toBe('meta-llama/Llama-3.1-8B-Instruct')
  })

  test('keeps the three labels of the specification', () => {
    const labels = [
      'meta-llama/Llama-3.1-8B-Instruct',
      'meta-llama/Llama-3.1-405B-Instruct',
      'Qwen/Qwen2.5-1.5B-Instruct',
    ].map((id) => {
      const record = curated.byId(id)
      return record && memoryOf(record)?.label
    })
    expect(labels).toEqual(['16GB', '810GB', '4GB'])
  })

  test('keeps the specified gates of the twelve models whose gate was later seen to differ', () => {
    const differing = records.filter(({ facts, gateHistory }) =>
      gateHistory.some(
        ({ evidence, gated }) => evidence === 'seed' && facts.gated !== undefined && gated !== facts.gated.value,
      ),
    )
    expect(differing.map(({ id }) => id)).toHaveLength(12)
    expect(curated.byId('google/gemma-2-2b-it')).toMatchObject({
      facts: { gated: { value: 'manual' } },
      gateHistory: [{ gated: 'auto', evidence: 'seed', asOf: undefined }],
    })
    expect(records.filter(({ gateHistory }) => gateHistory.some(({ evidence }) => evidence === 'seed'))).toHaveLength(
      150,
    )
  })

  test('leaves a gate unknown that nobody has seen, whatever was claimed of it', () => {
    expect(curated.byId('01-ai/Yi-34B-Chat')?.facts.gated).toBeUndefined()
  })

  test('gives every fact its evidence, and every observed gate its date or none', () => {
    for (const { facts } of records)
      for (const fact of Object.values(facts))
        expect(fact).toMatchObject({ source: 'curated', evidence: expect.any(String) as unknown })
  })

  // What these count is not what the arithmetic counts: a vision tower, packed words, a multi-token-prediction layer, a
  // stored copy of the tied output layer, only the published round number, or (Phi-4-reasoning) a config whose tied
  // embeddings its count denies.
  const explained = new Set([
    'Qwen/Qwen2.5-VL-3B-Instruct',
    'Qwen/Qwen2.5-VL-7B-Instruct',
    'Qwen/Qwen3-VL-4B-Instruct',
    'Qwen/Qwen3-VL-8B-Instruct',
    'google/gemma-3-4b-it',
    'google/gemma-3-12b-it',
    'openai/gpt-oss-120b',
    'zai-org/GLM-4.7-Flash',
    'Qwen/Qwen3-0.6B',
    'Qwen/Qwen3-1.7B',
    'deepseek-ai/deepseek-coder-1.3b-instruct',
    'microsoft/Phi-4-reasoning',
  ])

  test('has parameter counts that its configs give again, within 3 %', () => {
    const compared = records.flatMap((record) => {
      const [params, config] = [factOf(record, 'params'), factOf(record, 'config')]
      const counted = config && countParams(config, factOf(record, 'modelType') ?? '')
      return params === undefined || counted === undefined || explained.has(record.id)
        ? []
        : [{ id: record.id, error: counted / params - 1 }]
    })
    expect(compared.length).toBeGreaterThan(100)
    expect(compared.filter(({ error }) => Math.abs(error) > 0.03)).toEqual([])
  })
})

describe('parseCurated()', () => {
  const parsed = JSON.parse(text) as { models: Record<string, unknown>[]; sources: Record<string, unknown> }

  test.each([
    ['no object', []],
    ['another schema', { ...parsed, schemaVersion: 2 }],
    ['no models', { ...parsed, models: undefined }],
    ['the same model twice', { ...parsed, models: [parsed.models[0], parsed.models[0]] }],
    ['an id with an escape', { ...parsed, models: [{ id: 'a/\u001B[2J', facts: {} }] }],
    ['a fact of no field', { ...parsed, models: [{ id: 'a/b', facts: { constructor: { value: 1, source: 'id' } } }] }],
    [
      'a source nobody explained',
      { ...parsed, models: [{ id: 'a/b', facts: { params: { value: 1, source: 'hearsay' } } }] },
    ],
    ['a negative count', { ...parsed, models: [{ id: 'a/b', facts: { params: { value: -1, source: 'id' } } }] }],
  ])('refuses %s', (_, value) => {
    expect(() => parseCurated(value)).toThrow(expect.objectContaining({ code: 'ERR_CURATED_DATA' }) as Error)
  })

  test('refuses or reads whatever it is given, and throws nothing else', () => {
    const small = { ...parsed, models: parsed.models.slice(0, 3) }
    const paths = pathsOf(small)
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, junk) => {
        const mutated: unknown = structuredClone(small)
        replaceAt(mutated, path, junk)
        try {
          parseCurated(mutated)
        } catch (error) {
          expect(hasErrorCode(error, 'ERR_CURATED_DATA')).toBe(true)
          // oxlint-disable-next-line no-control-regex -- none may be printed
          expect((error as Error).message).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/)
        }
      }),
      { numRuns: 500 },
    )
  })
})

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))].filter(
    ({ length }) => length > 0,
  )
}

function replaceAt(value: unknown, path: readonly string[], junk: unknown): void {
  let at = value as Record<string, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  at[path.at(-1) ?? ''] = junk
}

import {
  checkRepoAccess,
  downloadFile,
  listFiles,
  listModels,
  modelInfo,
  parseSafetensorsMetadata,
  pathsInfo,
  whoAmI,
} from '@huggingface/hub'
import { describe, expect, test } from 'vitest'
import { readContent } from '../../src/files/content.ts'
import { computedContent, startHubEmulator } from '../../src/start.ts'

const setup = {
  wellKnown: false,
  syntheticModels: 1200,
  models: [
    {
      id: 'acme/tiny',
      params: 8e9,
      downloads: 90_000_000,
      formerIds: ['acme/old'],
      files: {
        'config.json': '{"model_type":"llama"}',
        'onnx/model.onnx': { size: 3000, seed: 'onnx' },
        'empty.txt': '',
      },
    },
    { id: 'acme/gated', gated: 'manual', params: 1e9 },
  ],
} as const
const accessToken = 'hf_test_ada_read'

/** The official JavaScript client, pointed at the emulator: it must not see a difference. */
describe('@huggingface/hub', () => {
  test('listModels: over several pages, whole and in order', async () => {
    await using hub = await startHubEmulator(setup)
    const models = await Array.fromAsync(
      listModels({ hubUrl: hub.endpoint, sort: 'downloads', additionalFields: ['safetensors', 'author'] }),
    )
    expect(models).toHaveLength(1202)
    expect(new Set(models.map(({ name }) => name)).size).toBe(1202)
    expect(models[0]).toMatchObject({ name: 'acme/tiny', gated: false, author: 'acme', safetensors: { total: 8e9 } })
    expect(hub.log.entries({ route: 'list-models' })).toHaveLength(3)
  })

  test('listModels: by owner, task, tags and words', async () => {
    await using hub = await startHubEmulator(setup)
    const search = { query: 'GATED', owner: 'acme', task: 'text-generation', tags: ['transformers'] } as const
    const models = await Array.fromAsync(
      listModels({ hubUrl: hub.endpoint, search: { ...search, tags: [...search.tags] } }),
    )
    expect(models.map(({ name, gated }) => [name, gated])).toEqual([['acme/gated', 'manual']])
  })

  test('modelInfo: by the former name as well', async () => {
    await using hub = await startHubEmulator(setup)
    for (const name of ['acme/tiny', 'acme/old']) {
      const info = await modelInfo({ hubUrl: hub.endpoint, name, additionalFields: ['safetensors', 'sha'] })
      expect(info).toMatchObject({ name: 'acme/tiny', gated: false, sha: hub.admin.commits({ model: 'acme/tiny' })[0] })
    }
  })

  test('listFiles and pathsInfo', async () => {
    await using hub = await startHubEmulator(setup)
    const files = await Array.fromAsync(listFiles({ hubUrl: hub.endpoint, repo: 'acme/tiny', recursive: true }))
    expect(files.filter(({ type }) => type === 'file').map(({ path, size }) => [path, size])).toEqual([
      ['config.json', 22],
      ['empty.txt', 0],
      ['onnx/model.onnx', 3000],
    ])
    const known = await pathsInfo({ hubUrl: hub.endpoint, repo: 'acme/tiny', paths: ['config.json', 'none'] })
    expect(known.map(({ path }) => path)).toEqual(['config.json'])
  })

  test('downloadFile: small, large, missing, and behind a gate once it opens', async () => {
    await using hub = await startHubEmulator(setup)
    const get = (repo: string, path: string): ReturnType<typeof downloadFile> =>
      downloadFile({ hubUrl: hub.endpoint, repo, path, accessToken })
    expect(await (await get('acme/tiny', 'config.json'))?.text()).toBe('{"model_type":"llama"}')
    const large = Buffer.from((await (await get('acme/tiny', 'onnx/model.onnx'))?.arrayBuffer()) ?? new ArrayBuffer(0))
    expect(large.equals(readContent(computedContent(3000, 'onnx'), 0, 3000))).toBe(true)
    expect(await get('acme/tiny', 'none.txt')).toBeNull()
    await expect(get('acme/gated', 'config.json')).rejects.toMatchObject({ statusCode: 403 })
    hub.admin.approve({ model: 'acme/gated', user: 'ada' })
    expect(await (await get('acme/gated', 'config.json'))?.text()).toContain('LlamaForCausalLM')
    expect(hub.log.entries({ host: 'cdn' }).filter(({ headers }) => headers.authorization)).toEqual([])
  })

  test('parseSafetensorsMetadata: the headers of made weights are true', async () => {
    await using hub = await startHubEmulator({ ...setup, weightScale: 1e-6 })
    hub.admin.createModel({ id: 'acme/weights', params: 7e9 })
    const { parameterCount } = await parseSafetensorsMetadata({
      hubUrl: hub.endpoint,
      repo: 'acme/weights',
      computeParametersCount: true,
    })
    expect(parameterCount).toEqual({ BF16: 7000 })
  })

  test('whoAmI, and checkRepoAccess, which does not see a closed gate', async () => {
    await using hub = await startHubEmulator(setup)
    const me = await whoAmI({ hubUrl: hub.endpoint, accessToken })
    expect(me).toMatchObject({ type: 'user', name: 'ada', auth: { accessToken: { role: 'read' } } })
    await expect(checkRepoAccess({ hubUrl: hub.endpoint, repo: 'acme/gated', accessToken })).resolves.toBeUndefined()
    await expect(checkRepoAccess({ hubUrl: hub.endpoint, repo: 'acme/none', accessToken })).rejects.toThrow(
      /404|not found/i,
    )
  })
})

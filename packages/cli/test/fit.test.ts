import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { type ModelSpec, startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { runHubgate } from './run-hubgate.ts'

// oxlint-disable-next-line no-control-regex -- none may be printed
const control = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/
const llama = 'meta-llama/Llama-3.1-8B-Instruct'

describe('hubgate search --fits', () => {
  interface Row {
    readonly id: string
    readonly params: number
    readonly contextLength: number | null
    readonly fit: { gpuCount: number; quantization: string; spareBytes: number }
  }

  test('keeps what fits, says how, and asks the Hub once for the list', async () => {
    const live = [
      { id: 'acme/small-7b', params: 7e9, paramsByDtype: { BF16: 7e9 } },
      { id: 'acme/huge-900b', params: 9e11, paramsByDtype: { BF16: 9e11 } },
    ]
    await using hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models: live })
    const { stdout, code } = await runHubgate(['search', '--fits=24GB', '--at', '8k', '--jsonl', '--limit', '500'], {
      HF_ENDPOINT: hub.endpoint,
    })
    expect(code).toBe(0)
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
    expect(rows.map(({ id }) => id)).toContain('acme/small-7b')
    expect(rows.map(({ id }) => id)).not.toContain('acme/huge-900b')
    expect(rows.length).toBeGreaterThan(50)
    for (const { fit, contextLength } of rows) {
      expect(fit).toMatchObject({ gpuCount: 1, quantization: expect.any(String) })
      expect(fit.spareBytes).toBeGreaterThan(0)
      expect(contextLength ?? 8192).toBeGreaterThanOrEqual(8192)
    }
    expect(hub.log.entries({ host: 'hub' }).map(({ route }) => route)).toEqual(['list-models'])
  })

  test('writes it in the row, in every style', async () => {
    const said = /fits 2×24 GB at FP8, \d+\.\d GiB spare/
    const args = ['search', 'gemma-4-26B-A4B-it', '--author', 'google', '--fits=2x24GB', '--at', '32k', '--offline']
    for (const more of [[], ['--style', 'brackets'], ['--markdown']])
      expect((await runHubgate([...args, ...more])).stdout).toMatch(said)
  })

  test('says that it emptied the list', async () => {
    const { stdout, stderr } = await runHubgate(['search', 'DeepSeek-V3', '--fits=8GB', '--offline'])
    expect(stdout).toBe('')
    expect(stderr).toContain('without --fits')
  })

  test.each([
    [['--fits', 'llama'], 'Cannot pretend "llama"'],
    [['llama', '--at', '32k'], 'Cannot use --at alone'],
  ])('refuses %j: %s', async (args, why) => {
    const { code, stderr } = await runHubgate(['search', ...args, '--offline'])
    expect(code).toBe(2)
    expect(stderr).toContain(why)
  })
})

test('hubgate show has a memory section', async () => {
  const { stdout } = await runHubgate(['show', llama, '--offline'], { COLUMNS: '80' })
  expect(stdout).toMatch(/^ {2}MEMORY +at 8k +at 32k +at 128k$/m)
  expect(stdout).toMatch(/^ {2}BF16 +16\.\d +19\.\d +31\.\d$/m)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

describe('hubgate fit', () => {
  test('draws the terms against the card, offline, from what is shipped', async () => {
    const { code, stdout, stderr } = await runHubgate(['fit', llama, '--at', '32k', '--gpu', 'RTX 4090', '--offline'], {
      COLUMNS: '80',
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).not.toMatch(control)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(stdout).toMatch(
      /^meta-llama\/Llama-3\.1-8B-Instruct\nBF16, 32k context\n\n {2}fits on GeForce RTX 4090, 3\.\d GiB spare\n/,
    )
    expect(stdout).toMatch(/^ {2}█+▓+░+·+│ 19\.\d of 23\.5 GiB$/m)
    expect(stdout).toMatch(/^ {2}█ weights +15\.0 GiB {3}BF16$/m)
    expect(stdout).toMatch(/^ {2}▓ KV cache +4\.0 GiB {3}32k tokens, 128 KiB a token$/m)
    expect(stdout).toMatch(/^ {2}AWQ-INT4 .* hugging-quants\//m)
    expect(stdout).toMatch(/^ {2}longest context {2}\d+k of 128k$/m)
  })

  test('prints bytes as JSON, under the promised keys', async () => {
    const { stdout } = await runHubgate([
      'fit',
      llama,
      '--at',
      '32k',
      '--gpu',
      '2x RTX 4090',
      '--tp',
      '2',
      '--engine',
      'vllm',
      '--kv',
      'fp8',
      '--batch',
      '4',
      '--offline',
      '--json',
    ])
    const fit = JSON.parse(stdout) as Record<string, unknown>
    expect(Object.keys(fit)).toEqual(
      expect.arrayContaining([
        'id',
        'basis',
        'engine',
        'contextLength',
        'batch',
        'quantization',
        'weights',
        'kvCache',
        'kvBytesPerToken',
        'state',
        'overhead',
        'total',
        'perGpu',
        'errorBand',
        'gpus',
        'verdict',
        'maxContext',
        'relatives',
      ]),
    )
    expect(fit).toMatchObject({
      id: llama,
      engine: 'vllm',
      contextLength: 32_768,
      batch: 4,
      quantization: 'BF16',
      // 2 × 32 layers × 8 heads × 128 × 1 byte, for each of 32768 tokens of 4 sequences.
      kvBytesPerToken: 65_536,
      kvCache: 65_536 * 32_768 * 4,
      verdict: { kind: 'fits', gpuCount: 2 },
      gpus: [{ name: 'GeForce RTX 4090', isUsed: true }, { isUsed: true }],
      relatives: expect.arrayContaining([
        { id: 'hugging-quants/Meta-Llama-3.1-8B-Instruct-AWQ-INT4', quantization: 'AWQ-INT4' },
      ]),
    })
  })

  test.each([
    [['RTX 4090', '--at', '128k'], 'fits with a shorter context, 48k instead of 128k'],
    [['RTX 4060'], 'fits quantised: Q4_K_M (bartowski/Meta-Llama-3.1-8B-Instruct-GGUF)'],
    [['RTX 4090', '--at', '1M'], 'note: the model itself ends at 128k tokens'],
    [['RTX 4060 Ti', '--quant', 'Q4_K_M'], 'note: GeForce RTX 4060 Ti is taken with 8 GB'],
  ])('on %j says "%s"', async (args, said) => {
    const { stdout, stderr, code } = await runHubgate(['fit', llama, '--offline', '--gpu', ...args])
    expect(code).toBe(0)
    expect(stdout + stderr).toContain(said)
  })

  test.skipIf(process.platform === 'win32')('looks at this machine, and hands its tools no token', async () => {
    const bin = mkdtempSync(path.join(tmpdir(), 'hubgate-tools-'))
    const log = path.join(bin, 'log')
    const card = '0, GPU-1, NVIDIA GeForce RTX 3090, 24576, 20000, [N/A]'
    writeFileSync(path.join(bin, 'nvidia-smi'), `#!/bin/sh\nenv > ${log}\necho "${card}"\n`)
    chmodSync(path.join(bin, 'nvidia-smi'), 0o755)
    const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HF_TOKEN: 'hf_test_secret' }
    const { stdout, stderr } = await runHubgate(['fit', llama, '--offline'], environment)
    expect(stdout).toContain('fits on NVIDIA GeForce RTX 3090, ')
    expect(stderr).toContain('note: 4.5 GiB of NVIDIA GeForce RTX 3090 are in use')
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(log, 'utf8')).not.toContain('hf_test_secret')
    const hidden = await runHubgate(['fit', llama, '--offline'], { ...environment, CUDA_VISIBLE_DEVICES: '' })
    expect(hidden.stderr).toContain('note: CUDA_VISIBLE_DEVICES hides 1 of 1 GPUs')
  })

  test('reads config.json and file sizes from the Hub, and relatives in one call', async () => {
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
    }
    const large = { size: 100, announcedSize: 2_471_645_608, announcedSha256: 'ab'.repeat(32), lfs: true }
    const models: ModelSpec[] = [
      {
        id: 'acme/new-1B',
        params: 1_235_814_400,
        files: { 'config.json': JSON.stringify(config), 'model.safetensors': large },
      },
      { id: 'bob/new-1B-GGUF', library: 'gguf', baseModel: { id: 'acme/new-1B', relation: 'quantized' } },
      {
        id: 'acme/closed-1B',
        gated: 'manual',
        params: 1_235_814_400,
        files: { 'config.json': JSON.stringify(config), 'model.safetensors': large },
      },
    ]
    await using hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models })
    const { stdout, code } = await runHubgate(['fit', 'acme/new-1B', '--vram', '24GB', '--json'], {
      HF_ENDPOINT: hub.endpoint,
    })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      basis: 'files',
      weights: 2_471_645_608,
      kvBytesPerToken: 2 * 16 * 8 * 64 * 2,
      maxContext: 131_072,
      relatives: [{ id: 'bob/new-1B-GGUF', quantization: 'GGUF' }],
      notes: [],
    })
    expect(hub.log.entries({ host: 'hub' }).filter(({ route }) => route === 'list-models')).toHaveLength(1)
    const closed = await runHubgate(['fit', 'acme/closed-1B', '--vram', '8GB'], { HF_ENDPOINT: hub.endpoint })
    expect(closed.code).toBe(0)
    expect(closed.stderr).toContain('config.json is behind its gate')
  })

  test('answers from what is known when the Hub is not there', async () => {
    const { code, stdout, stderr } = await runHubgate(['fit', llama, '--gpu', 'H100'], {
      HF_ENDPOINT: 'http://127.0.0.1:9',
    })
    expect(code).toBe(0)
    expect(stdout).toContain('fits on H100')
    expect(stderr).toContain('cannot reach the Hub')
  })

  test.each([
    [[llama, '--gpu', 'RTX 4900'], 2, 'did you mean GeForce RTX 4090'],
    [[llama, '--gpu', 'T4', '--vram', '8GB'], 2, 'cannot be used with'],
    [[llama, '--at', '0'], 2, 'above 0'],
    [[llama, '--at', 'long'], 2, 'long'],
    [[llama, '--batch', '-1'], 2, 'whole number'],
    [[llama, '--gpu', 'T4', '--tp', '2'], 2, 'on 2 GPUs: there is 1'],
    [[llama, '--gpu', 'T4', '--quant', 'magic'], 2, 'magic'],
    [[llama, '--gpu', 'T4', '--kv', 'fp3'], 2, 'fp3'],
    [['nobody/nothing', '--gpu', 'T4'], 3, 'Cannot find nobody/nothing'],
    [['a/b/c', '--gpu', 'T4'], 2, 'model id'],
    [['./nothing/here', '--gpu', 'T4'], 2, 'Cannot read ./nothing/here: ENOENT'],
    [['/', '--gpu', 'T4'], 2, 'no weights are there'],
    [[], 2, 'missing required argument'],
  ])('refuses %j with %i: %s', async (args, exitCode, why) => {
    const { code, stdout, stderr } = await runHubgate(['fit', ...args, '--offline'])
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toContain(why)
  })
})

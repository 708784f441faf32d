import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { parseCurated } from '@hubgate/core/catalog'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { curatedPath, formatCuratedFile, readCuratedFile } from '../curate/curated-file.ts'
import { workspaceRoot } from '../pinned-node.mjs'

const manyCalls = { quotas: { api: 1_000_000 } }

describe('the refresh of the curated list', () => {
  test('tells what changed on the Hub, keeps every gate it replaces, and loses no model', async () => {
    await using hub = await startHubEmulator({ rateLimits: manyCalls })
    hub.admin.setGate({ model: 'Qwen/Qwen2.5-1.5B-Instruct', gated: 'auto' })
    hub.admin.setGate({ model: 'google/gemma-2-2b-it', gated: false })
    hub.admin.rename({ model: 'openai-community/gpt2', to: 'openai-community/gpt-two' })
    hub.admin.deleteModel({ model: 'microsoft/phi-2' })
    hub.admin.setDisabled({ model: 'Qwen/Qwen3-8B', disabled: true })
    hub.admin.setFigures({ model: 'BAAI/bge-m3', downloads: 123_456 })
    const { code, stdout, file } = await refresh(hub)
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'Qwen/Qwen2.5-1.5B-Instruct: gated: false -> "auto"',
        'google/gemma-2-2b-it: gated: "manual" -> false',
        'openai-community/gpt2: renamed -> openai-community/gpt-two',
        expect.stringMatching(/^microsoft\/phi-2: not shown by the Hub \(401\): left as it was$/),
        expect.stringMatching(/^Qwen\/Qwen3-8B: not shown by the Hub \(4\d\d\): left as it was$/),
      ]),
    )
    const before = parseCurated(JSON.parse(readFileSync(curatedPath, 'utf8')))
    const after = parseCurated(JSON.parse(readFileSync(file, 'utf8')))
    expect(after.records).toHaveLength(before.records.length)
    for (const { id } of before.records) expect(after.byId(id)).toBeDefined()
    expect(after.byId('openai-community/gpt2')?.id).toBe('openai-community/gpt-two')
    const gemma = after.byId('google/gemma-2-2b-it')
    expect(gemma?.facts.gated).toMatchObject({
      value: false,
      evidence: expect.stringMatching(/^hub-127\.0\.0\.1/) as unknown,
    })
    const replaced = before.byId('google/gemma-2-2b-it')?.facts.gated
    expect(gemma?.gateHistory.at(-1)).toMatchObject({
      gated: 'manual',
      evidence: replaced?.evidence,
      asOf: replaced?.asOf,
    })
    expect(after.byId('BAAI/bge-m3')?.facts.downloads?.value).toBe(123_456)
    expect(after.byId('microsoft/phi-2')).toEqual(before.byId('microsoft/phi-2'))
    for (const id of ['google/gemma-2-2b-it', 'BAAI/bge-m3'])
      for (const field of ['memory', 'params', 'category', 'config', 'contextLength'] as const)
        expect(after.byId(id)?.facts[field]).toEqual(before.byId(id)?.facts[field])
  })

  test('a second look on the same day changes nothing more', async () => {
    await using hub = await startHubEmulator({ rateLimits: manyCalls })
    const first = await refresh(hub)
    const second = await refresh(hub, { file: first.file })
    expect(second.code).toBe(0)
    expect(second.stdout.split('\n').filter((line) => line.includes(' -> '))).toEqual([])
    expect(readFileSync(second.file, 'utf8')).toBe(readFileSync(first.file, 'utf8'))
  })

  test('waits as a 429 says and goes on', async () => {
    await using hub = await startHubEmulator({ rateLimits: manyCalls })
    hub.admin.setFaults({
      rules: [
        { when: { nth: 100, count: 1 }, fault: { kind: 'status', status: 429, limiter: 'other', retryAfter: 1 } },
      ],
    })
    const { code, stderr } = await refresh(hub)
    expect(code).toBe(0)
    expect(stderr).toContain('waiting 2 s (rate-limit)')
  })

  test('writes nothing, and leaves nothing behind, where the Hub fails in the middle', async () => {
    await using hub = await startHubEmulator({ rateLimits: manyCalls })
    hub.admin.setGate({ model: 'google/gemma-2-2b-it', gated: false })
    hub.admin.setFaults({ rules: [{ when: { nth: 200 }, fault: { kind: 'html' } }] })
    const { code, stderr, file } = await refresh(hub)
    expect(code).toBe(1)
    expect(stderr).toContain('nothing was written')
    expect(readFileSync(file).equals(readFileSync(curatedPath))).toBe(true)
    expect(readdirSync(path.dirname(file))).toEqual(['curated.json'])
  })

  test('with --dry-run tells the same and writes nothing', async () => {
    await using hub = await startHubEmulator({ rateLimits: manyCalls })
    hub.admin.setGate({ model: 'google/gemma-2-2b-it', gated: false })
    const { stdout, file } = await refresh(hub, { args: ['--dry-run'] })
    expect(stdout).toContain('google/gemma-2-2b-it: gated: "manual" -> false')
    expect(readFileSync(file).equals(readFileSync(curatedPath))).toBe(true)
  })

  test('the file in the repository is as this tool would write it', () => {
    expect(formatCuratedFile(readCuratedFile())).toBe(readFileSync(curatedPath, 'utf8'))
  })
})

interface Refreshed {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly file: string
}

/** Runs the tool as a maintainer does, on a copy of the list. */
function refresh(hub: HubEmulator, options: { file?: string; args?: readonly string[] } = {}): Promise<Refreshed> {
  const file = options.file ?? copyOfList()
  const child = spawn(
    process.execPath,
    [
      path.join(workspaceRoot, 'scripts', 'curate', 'refresh.ts'),
      '--endpoint',
      hub.endpoint,
      '--file',
      file,
      ...(options.args ?? []),
    ],
    { env: { PATH: process.env['PATH'] ?? '', HOME: path.dirname(file) }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr, file }))
  })
}

function copyOfList(): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'hubgate-refresh-')), 'curated.json')
  copyFileSync(curatedPath, file)
  return file
}

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { runHubgate } from './run-hubgate.ts'
import { startHub } from './start-hub.ts'

const bin = fileURLToPath(new URL('../bin/hubgate.js', import.meta.url))
const newHome = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'hubgate-hybrid-')), 'state')
const rows = [
  { id: 'new/llama-today', gated: 'auto', private: false, downloads: 99_000_000, tags: [] },
  { id: 'meta-llama/Llama-3.1-8B-Instruct', gated: false, private: false, downloads: 98_000_000, tags: [] },
]

interface Model {
  readonly id: string
  readonly gated: false | 'auto' | 'manual'
}

describe('hubgate search, hybrid', () => {
  test('the next search without a network has what was seen live, with its age', async () => {
    await using hub = await startHub((_, response) => response.end(JSON.stringify(rows)))
    const environment = { HF_ENDPOINT: hub.url, HUBGATE_HOME: newHome() }
    expect(await runHubgate(['search', 'llama-today', '--source', 'offline', '--json'], environment)).toMatchObject({
      stdout: '[]\n',
    })
    await runHubgate(['search', 'llama'], environment)
    const { stdout, stderr } = await runHubgate(['search', 'llama', '--offline', '--json'], environment)
    expect(stderr).toBe('')
    expect((JSON.parse(stdout) as unknown[]).slice(0, 2)).toEqual([
      expect.objectContaining({ id: 'new/llama-today', gated: 'auto', source: 'live' }),
      expect.objectContaining({
        id: 'meta-llama/Llama-3.1-8B-Instruct',
        gated: false,
        memory: expect.anything() as unknown,
      }),
    ])
    // Another Hub is another memory.
    const elsewhere = { ...environment, HF_ENDPOINT: 'http://127.0.0.1:1' }
    expect((await runHubgate(['search', 'llama-today', '--offline', '--json'], elsewhere)).stdout).toBe('[]\n')
  })

  test('show finds offline what was shown live before, by its former name as well', async () => {
    await using hub = await startHub((request, response) => {
      if (request.url?.startsWith('/api/models/old'))
        response.writeHead(307, { location: '/api/models/new/thing' }).end()
      else response.end(JSON.stringify({ id: 'new/thing', gated: 'manual', private: false }))
    })
    const environment = { HF_ENDPOINT: hub.url, HUBGATE_HOME: newHome() }
    await runHubgate(['show', 'old/thing'], environment)
    const { code, stdout } = await runHubgate(['show', 'old/thing', '--offline'], environment)
    expect(code).toBe(0)
    expect(stdout).toContain('new/thing   formerly old/thing')
    expect(stdout).toContain('Approval Required')
  })

  test('makes no database to look for what was never kept', async () => {
    const home = newHome()
    await runHubgate(['search', 'llama', '--offline'], { HUBGATE_HOME: home })
    expect(() => statSync(home)).toThrow('ENOENT')
  })

  test('prints local rows while the Hub hangs, then ends at the time-out and says in one line what is missing', async () => {
    const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
    await using hub = await startHub(() => asked())
    const child = spawn(process.execPath, [bin, 'search', 'llama', '--timeout', '2', '--style', 'plain'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: newHome(), HF_ENDPOINT: hub.url },
    })
    const [out, err] = [collect(child.stdout), collect(child.stderr)]
    // The Hub never answers: whatever stands here now was printed without it.
    await Promise.all([isAsked, out.until('meta-llama/Llama-3.1-8B-Instruct (16GB, 8B)\n')])
    expect(child.exitCode).toBeNull()
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0)
    const notes = err.text().trimEnd().split('\n')
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(/^note: no live results: .*no answer within 2 s; shown is what is known offline/)
  })

  test('waits as a 429 says, and then has the live rows', async () => {
    let calls = 0
    await using hub = await startHub((_, response) => {
      calls += 1
      if (calls === 1) response.writeHead(429, { 'retry-after': '1' }).end('{}')
      else response.end(JSON.stringify(rows))
    })
    const { stdout, stderr } = await runHubgate(['search', 'llama', '--json'], { HF_ENDPOINT: hub.url })
    expect(stdout).toContain('new/llama-today')
    expect(stderr).toContain('waiting 2 s')
    expect(calls).toBe(2)
  })

  test.each([
    ['a web page', '<!doctype html><p>maintenance'],
    ['cut JSON', '[{"id":"a/b"'],
    ['no list', '{"models":[]}'],
    ['far too much', `[${'1234567,'.repeat(9 << 20)}1]`],
  ])('says in one line that %s came in place of data, and prints what is known here', async (_, body) => {
    await using hub = await startHub((_request, response) => response.end(body))
    const { code, stdout, stderr } = await runHubgate(['search', 'llama', '--style', 'plain'], { HF_ENDPOINT: hub.url })
    expect(code).toBe(0)
    expect(stdout).toContain('meta-llama/Llama-3.1-8B-Instruct (16GB, 8B)\n')
    expect(stderr).toMatch(/^note: no live results: cannot read the Hub's answer.*\n$/)
  })

  test('prints no more rows into a pipe than --limit, and says what did not fit', async () => {
    await using hub = await startHub((_, response) => response.end(JSON.stringify(rows)))
    const environment = { HF_ENDPOINT: hub.url }
    const { stdout, stderr } = await runHubgate(['search', 'llama', '--limit', '3', '--style', 'plain'], environment)
    expect(stdout.trimEnd().split('\n')).toHaveLength(3)
    expect(stdout).not.toContain('new/llama-today')
    expect(stderr).toContain('1 more from the Hub did not fit')
    const json = await runHubgate(['search', 'llama', '--limit', '3', '--json'], environment)
    expect((JSON.parse(json.stdout) as { id: string }[])[0]?.id).toBe('new/llama-today')
    const roomy = await runHubgate(['search', 'llama', '--limit', '99'], environment)
    expect(roomy.stdout.match(/^MODEL/gm)).toHaveLength(1)
    expect(roomy.stdout).toContain('new/llama-today')
    expect(roomy.stderr).toBe('')
  })

  test('shows a gated row of the Hub’s default list as gated, in every form', async () => {
    await using hub = await startHubEmulator({ syntheticModels: 300 })
    const asked = ['search', 'lab-', '--source', 'live', '--limit', '40']
    const environment = { HF_ENDPOINT: hub.endpoint, HUBGATE_HOME: newHome() }
    const models = JSON.parse((await runHubgate([...asked, '--json'], environment)).stdout) as Model[]
    const gates = new Set(models.map(({ gated }) => gated))
    expect(gates).toEqual(new Set([false, 'auto', 'manual']))
    for (const { id, gated } of models.slice(0, 12)) {
      const details = (await (await fetch(`${hub.endpoint}/api/models/${id}`)).json()) as Model
      expect([id, gated]).toEqual([id, details.gated])
    }
    const words = { false: '', auto: ' [Terms]', manual: ' [Approval]' } as const
    const offline = await runHubgate(
      ['search', 'lab-', '--offline', '--limit', '40', '--style', 'brackets'],
      environment,
    )
    expect(
      offline.stdout
        .trimEnd()
        .split('\n')
        .map((line) => [line.split(' ')[0], / \[.*\]$/.exec(line)?.[0] ?? '']),
    ).toEqual(models.map(({ id, gated }) => [id, words[`${gated}`]]))
  })

  test.each([
    ['a damaged', (file: string) => writeFileSync(file, 'garbage '.repeat(2000)), 'was damaged'],
    ['a newer', (file: string) => new DatabaseSync(file).exec('PRAGMA user_version = 9999'), 'a newer Hubgate made it'],
  ])('answers all the same over %s database, and says so once', async (_, spoil, words) => {
    await using hub = await startHub((_request, response) => response.end(JSON.stringify(rows)))
    const home = newHome()
    mkdirSync(home, { recursive: true })
    spoil(path.join(home, 'state.db'))
    const before = readFileSync(path.join(home, 'state.db'))
    const { code, stdout, stderr } = await runHubgate(['search', 'llama', '--json'], {
      HF_ENDPOINT: hub.url,
      HUBGATE_HOME: home,
    })
    expect(code).toBe(0)
    expect(stdout).toContain('new/llama-today')
    expect(stderr.split(words)).toHaveLength(2)
    expect(readdirSync(home).some((name) => readFileSync(path.join(home, name)).equals(before))).toBe(true)
  })

  test('writes the token nowhere: neither into the database nor beside it', async () => {
    await using hub = await startHub((_, response) => response.setHeader('etag', 'W/"1"').end(JSON.stringify(rows)))
    const home = newHome()
    await runHubgate(['search', 'llama'], { HF_ENDPOINT: hub.url, HUBGATE_HOME: home, HF_TOKEN: 'hf_test_searching' })
    expect(readdirSync(home)).toContain('state.db')
    for (const name of readdirSync(home))
      expect(readFileSync(path.join(home, name)).includes('hf_test_searching')).toBe(false)
  })
})

interface Collected {
  text(): string
  /** Resolves once this text was written. */
  until(part: string): Promise<void>
}

function collect(stream: NodeJS.ReadableStream): Collected {
  let text = ''
  stream.on('data', (part: Buffer) => (text += part.toString()))
  return {
    text: () => text,
    async until(part) {
      while (!text.includes(part)) await new Promise((resolve) => stream.once('data', resolve))
    },
  }
}

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runHubgate } from './run-hubgate.ts'
import { startHub } from './start-hub.ts'

const offline = ['--source', 'offline']
// oxlint-disable-next-line no-control-regex -- none may be printed
const control = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/

describe('hubgate search', () => {
  test('prints the exact one-line format offline, and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await runHubgate(['search', 'llama', ...offline, '--style', 'brackets'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toContain('meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Approval]')
    for (const line of stdout.trimEnd().split('\n'))
      expect(line).toMatch(/^\S+ \((?:\d+GB|\?), (?:[\d.]+[KMBT]|\?)\)(?: \[(?:Terms|Approval|Restricted|\?)\])?$/)
  })

  test('prints models as JSON with the promised keys, gates and their history', async () => {
    const { stdout } = await runHubgate([
      'search',
      'Llama-3.1-8B-Instruct',
      ...offline,
      '--author',
      'meta-llama',
      '--json',
    ])
    const [model] = JSON.parse(stdout) as Record<string, unknown>[]
    expect(Object.keys(model ?? {})).toEqual(
      expect.arrayContaining([
        'id',
        'author',
        'gated',
        'gatedLabel',
        'params',
        'activeParams',
        'memory',
        'category',
        'contextLength',
        'license',
        'pipelineTag',
        'library',
        'downloads',
        'likes',
        'tags',
        'source',
        'asOf',
        'gateHistory',
      ]),
    )
    expect(model).toMatchObject({
      gated: 'manual',
      gatedLabel: 'Approval Required',
      memory: { label: '16GB', bytes: 16e9 },
      gateHistory: [{ gated: 'auto', evidence: 'seed' }],
      source: 'curated',
    })
  })

  test('filters by parameters, context, gate and category together', async () => {
    const { stdout } = await runHubgate([
      'search',
      ...offline,
      '--params',
      '6B..9B',
      '--context',
      '32k..',
      '--gated',
      'public',
      '--category',
      'code',
      '--jsonl',
      '--limit',
      '99',
    ])
    const models = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { params: number; contextLength: number; gated: unknown; category: string })
    expect(models.some(({ contextLength }) => contextLength > 32_768)).toBe(true)
    for (const model of models) {
      expect(model.params).toBeGreaterThanOrEqual(6e9)
      expect(model.params).toBeLessThanOrEqual(9e9)
      expect(model.contextLength).toBeGreaterThanOrEqual(32_768)
      expect(model).toMatchObject({ gated: false, category: 'Code' })
    }
  })

  test('says which filter emptied the list, and prints [] as JSON', async () => {
    const empty = await runHubgate(['search', 'gpt2', ...offline, '--gated', 'approval'])
    expect(empty).toMatchObject({ code: 0, stdout: '' })
    expect(empty.stderr).toContain('without the text, or without --gated')
    expect((await runHubgate(['search', 'zzzz', ...offline, '--json'])).stdout).toBe('[]\n')
  })

  test('uses no colour in a pipe, unless told to, and never with NO_COLOR', async () => {
    const args = ['search', 'llama', ...offline, '--limit', '3']
    expect((await runHubgate(args)).stdout).not.toMatch(control)
    expect((await runHubgate([...args, '--color', 'always'])).stdout).toMatch(control)
    expect((await runHubgate(args, { NO_COLOR: '1', FORCE_COLOR: '1' })).stdout).not.toMatch(control)
    expect((await runHubgate(args, { FORCE_COLOR: '1' })).stdout).toMatch(control)
  })

  test('joins live rows to local ones, newer facts first, and sends the token to that endpoint', async () => {
    await using hub = await startHub((_, response) =>
      response.end(
        JSON.stringify([
          { id: 'meta-llama/Llama-3.1-8B-Instruct', gated: 'auto', downloads: 99_000_000 },
          { id: 'new/llama-today', gated: false },
        ]),
      ),
    )
    const { stdout, code } = await runHubgate(['search', 'llama', '--json'], {
      HF_ENDPOINT: hub.url,
      HF_TOKEN: 'hf_testtoken',
    })
    const models = JSON.parse(stdout) as { id: string }[]
    expect(code).toBe(0)
    expect(models[0]).toMatchObject({
      id: 'meta-llama/Llama-3.1-8B-Instruct',
      gated: 'auto',
      source: 'live',
      memory: { label: '16GB' },
    })
    expect(hub.authorizations).toEqual(['Bearer hf_testtoken'])
  })

  test('keeps the local answer when the Hub hangs, and ends at the time-out', async () => {
    await using hub = await startHub(() => {})
    const { code, stdout, stderr } = await runHubgate(['search', 'llama', '--timeout', '1', '--style', 'plain'], {
      HF_ENDPOINT: hub.url,
    })
    expect(code).toBe(0)
    expect(stdout).toContain('meta-llama/Llama-3.1-8B-Instruct (16GB, 8B)\n')
    expect(stderr).toContain('no live results')
  })

  test.each([
    ['HTML', '<html>no</html>'],
    ['malformed JSON', '[{"id":'],
    [
      'escapes in every field',
      JSON.stringify([
        { id: 'evil/\u001B[2J', author: '\u001B]0;x\u0007' },
        { id: 'a/llama', license: 'x', tags: ['license:\u001B[31m'], pipeline_tag: '\u001B[1A' },
      ]),
    ],
  ])('stands %s from the Hub', async (_, body) => {
    await using hub = await startHub((_request, response) => response.end(body))
    const { code, stdout, stderr } = await runHubgate(['search', 'llama'], { HF_ENDPOINT: hub.url })
    expect(code).toBe(0)
    expect(stdout).toContain('meta-llama/Llama-3.1-8B-Instruct')
    expect(stdout + stderr).not.toMatch(control)
  })

  test('answers Ctrl-C while waiting, with 130', async () => {
    await using hub = await startHub(() => {})
    const { code } = await runHubgate(['search', 'llama', '--json'], { HF_ENDPOINT: hub.url }, { signalAfterMs: 1500 })
    expect(code).toBe(130)
  })
})

describe('hubgate show', () => {
  test('takes a former id and the address of a page', async () => {
    const { stdout, code } = await runHubgate([
      'show',
      'https://huggingface.co/meta-llama/Meta-Llama-3.1-8B-Instruct/tree/main',
      '--offline',
    ])
    expect(code).toBe(0)
    expect(stdout).toContain('meta-llama/Llama-3.1-8B-Instruct   formerly meta-llama/Meta-Llama-3.1-8B-Instruct')
    expect(stdout).toContain('Approval Required')
    expect(stdout).toContain('earlier: Terms Required')
  })

  test('says "did you mean" for a mistyped id, with 3', async () => {
    const { stderr, code } = await runHubgate(['show', 'meta-lama/Llama-3.1-8B-Instuct', '--offline'])
    expect(code).toBe(3)
    expect(stderr).toContain('did you mean meta-llama/Llama-3.1-8B-Instruct')
  })
})

describe('hubgate', () => {
  test('alone, without a terminal, prints a first table and the help', async () => {
    const { code, stdout } = await runHubgate([])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^MODEL .*GATE/)
    expect(stdout).toContain('Usage: hubgate')
  })

  test('works with a home that cannot be written and no configuration', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'hubgate-closed-'))
    chmodSync(home, 0o500)
    expect((await runHubgate(['search', 'llama', ...offline], { HOME: home })).code).toBe(0)
  })

  test('help is there for a command and a group, and keeps to 80 columns where it speaks at length', async () => {
    const asked = await runHubgate(['help', 'get'])
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expect(asked).toEqual(await runHubgate(['get', '--help']))
    for (const line of asked.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    const group = await runHubgate(['cache'])
    expect(group).toMatchObject({ code: 2, stdout: '' })
    expect(group.stderr).toMatch(/^  -h, --help {2,}show this help$/m)
  })

  test.each([
    [['nonsense'], 'hubgate search nonsense'],
    [['gte', 'a/b'], 'did you mean `hubgate get a/b`?'],
    [['login'], 'did you mean `hubgate token set`?'],
    [['a/b'], '`hubgate get a/b` fetches it'],
    [['cache', 'list'], 'did you mean ls?'],
    [['get'], 'hint: `hubgate get <id...>`; `hubgate get --help` tells more'],
    [['get', '--include', '*.json', 'a/b'], 'hint: what follows --include are patterns'],
    [['get', 'a/b', '--limitrate', '1MB'], 'hint: did you mean --limit-rate?'],
    [['cache', 'ls', '--sort', 'x'], 'hint: `hubgate cache ls --help` tells what it takes'],
    [['search', '--params', 'big'], 'big'],
    [['search', '--limit', '-1'], 'limit'],
    [['search', '--source', 'moon'], 'Allowed choices'],
    [['show'], 'missing required argument'],
    [['show', 'a/b/c'], 'Cannot read "a/b/c" as a model id'],
    [['search', '--source', 'live', '--offline'], 'offline'],
    [['search', '--endpoint', 'ftp://x'], 'endpoint'],
  ])('refuses %j with 2 and says why', async (args, why) => {
    const { code, stderr } = await runHubgate(args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
  })

  test('refuses a corrupt config.json by name, and doctor and search lose nothing to a corrupt token file', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'hubgate-config-'))
    writeFileSync(path.join(home, 'config.json'), '{"offline": tru')
    const broken = await runHubgate(['search', ...offline], { HUBGATE_HOME: home })
    expect(broken).toMatchObject({ code: 2, stdout: '' })
    expect(broken.stderr).toContain(path.join(home, 'config.json'))
    mkdirSync(path.join(home, 'hf'))
    writeFileSync(path.join(home, 'hf', 'token'), 'hf_\u001B[31msecretpart\n')
    const { code, stdout, stderr } = await runHubgate(['search', 'llama', ...offline], {
      HF_HOME: path.join(home, 'hf'),
    })
    expect(code).toBe(0)
    expect(stdout + stderr).not.toContain('secretpart')
    expect(stderr).toContain('is not used')
  })

  test('survives hostile arguments: a clear end, no control character, no token', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.constantFrom('search', 'show', '--json', '--params', '--limit', '--', '@', '../..'),
            fc.string({ unit: 'binary', maxLength: 30 }),
          ),
          { maxLength: 4 },
        ),
        async (args) => {
          const clean = args.map((arg) => arg.replaceAll('\0', ''))
          const { code, stdout, stderr } = await runHubgate([...clean, '--offline'], { HF_TOKEN: 'hf_secretsecret' })
          expect([0, 2, 3]).toContain(code)
          expect(stdout + stderr).not.toMatch(control)
          expect(stdout + stderr).not.toContain('hf_secretsecret')
        },
      ),
      { numRuns: 25 },
    )
  })

  test.runIf(process.platform === 'linux')('says so where what it prints cannot be kept', () => {
    const bin = fileURLToPath(new URL('../bin/hubgate.js', import.meta.url))
    const run = spawnSync(process.execPath, [bin, 'search', 'llama', ...offline], {
      env: { HOME: mkdtempSync(path.join(tmpdir(), 'hubgate-home-')) },
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    })
    expect(run.status).toBe(1)
    expect(run.stderr.toString()).toMatch(/^error: Cannot print: .*ENOSPC/)
  })
})

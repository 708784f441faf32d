import { access, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { computedContent, type Fault, type HubEmulator, startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { type Run, runHubgate, temporaryHome } from './run-hubgate.ts'

const MIB = 1024 * 1024
const files = {
  'config.json': '{}',
  'model.safetensors': { content: computedContent(12 * MIB, 'weights') },
  'pytorch_model.bin': { content: computedContent(2 * MIB, 'other') },
}
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    { id: 'acme/tiny', files },
    { id: 'acme/pickle', files: { 'config.json': '{}', 'pytorch_model.bin': 'pickled' } },
    {
      id: 'acme/quants',
      files: {
        'm-Q4_K_M.gguf': { content: computedContent(3 * MIB, '4') },
        'm-Q8_0.gguf': { content: computedContent(5 * MIB, '8') },
      },
    },
    { id: 'acme/gated', gated: 'manual', files },
    { id: 'acme/empty', files: {} },
  ],
} as const

interface Desk extends AsyncDisposable {
  readonly hub: HubEmulator
  readonly home: string
  get(args: readonly string[], environment?: Record<string, string>, options?: { signalAfterMs?: number }): Promise<Run>
}

async function openDesk(): Promise<Desk> {
  const hub = await startHubEmulator(setup)
  const home = temporaryHome()
  return {
    hub,
    home,
    get: (args, environment = {}, options = {}) =>
      runHubgate(
        ['get', ...args],
        {
          HF_ENDPOINT: hub.endpoint,
          HF_HOME: path.join(home, 'hf'),
          HUBGATE_HOME: path.join(home, 'hubgate'),
          HF_TOKEN: 'hf_test_ada_read',
          ...environment,
        },
        options,
      ),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

const lastLine = ({ stdout }: Run): string => stdout.trimEnd().split('\n').at(-1) ?? ''

describe('hubgate get', () => {
  test('fetches a model and ends with the folder of its files; a second run asks once and fetches nothing', async () => {
    await using desk = await openDesk()
    const run = await desk.get(['acme/tiny'])
    expect(run).toMatchObject({ code: 0 })
    expect((await stat(path.join(lastLine(run), 'model.safetensors'))).size).toBe(12 * MIB)
    await expect(access(path.join(lastLine(run), 'pytorch_model.bin'))).rejects.toThrow('ENOENT')
    desk.hub.log.clear()
    const again = await desk.get(['acme/tiny'])
    expect(again).toMatchObject({ code: 0, stdout: run.stdout })
    expect(desk.hub.log.entries()).toHaveLength(1)
    const offline = await desk.get(['acme/tiny', '--offline'])
    expect(offline).toMatchObject({ code: 0, stdout: run.stdout })
    expect(desk.hub.log.entries()).toHaveLength(1)
  })

  test('takes one quantization, a revision and a choice of files', async () => {
    await using desk = await openDesk()
    const quant = await desk.get(['acme/quants:Q4_K_M', '--json'])
    const done: unknown = JSON.parse(lastLine(quant))
    expect(done).toMatchObject({ type: 'done', files: [{ path: 'm-Q4_K_M.gguf' }] })
    const { commit } = desk.hub.admin.commit({ model: 'acme/tiny', files: { 'new.txt': 'x' } })
    const chosen = await desk.get([`acme/tiny@${commit}`, '--include', '*.txt', 'config.json', '--json'])
    expect(JSON.parse(lastLine(chosen))).toMatchObject({
      commitHash: commit,
      files: [{ path: 'config.json' }, { path: 'new.txt' }],
    })
    const page = await desk.get([`${desk.hub.endpoint}/acme/quants/blob/main/m-Q8_0.gguf`, '--json'])
    expect(JSON.parse(lastLine(page))).toMatchObject({ type: 'done', files: [{ path: 'm-Q8_0.gguf' }] })
    const none = await desk.get(['acme/quants:Q2_K'])
    expect(none.code).toBe(3)
    expect(none.stderr).toContain('Q8_0')
  })

  test('tells events as JSON, one a line, and only those', async () => {
    await using desk = await openDesk()
    const { stdout, code } = await desk.get(['acme/tiny', '--json'])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string })
    expect(code).toBe(0)
    expect(events[0]).toMatchObject({ type: 'planned', fetchBytes: 12 * MIB + 2 })
    expect(events.at(-1)).toMatchObject({ type: 'done', fetchedBytes: 12 * MIB + 2 })
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['planned', 'verified', 'progress', 'done']))
  })

  test('tells as JSON which of several models failed, and why', async () => {
    await using desk = await openDesk()
    const { stdout, code } = await desk.get(['acme/none', 'acme/gated', 'acme/pickle', '--json'])
    const ends = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; modelId: string; code?: string })
      .filter(({ type }) => type === 'done' || type === 'failed')
    expect(code).toBe(3)
    expect(ends).toMatchObject([
      { type: 'failed', modelId: 'acme/none', code: 'ERR_MODEL_NOT_FOUND' },
      { type: 'failed', modelId: 'acme/gated', code: 'ERR_ACCESS_REFUSED' },
      { type: 'done', modelId: 'acme/pickle' },
    ])
  })

  test('shows with --dry-run what would come and whether it may, and writes nothing', async () => {
    await using desk = await openDesk()
    const run = await desk.get(['acme/gated', '--dry-run'])
    expect(run.code).toBe(4)
    expect(run.stdout).toContain('model.safetensors')
    expect(run.stdout).toContain('left out: 1 file')
    expect(run.stdout).toContain('have not been asked yet')
    await expect(access(path.join(desk.home, 'hf'))).rejects.toThrow('ENOENT')
  })

  test('warns of files that may run code when loaded, and of what a disk cannot hold', async () => {
    await using desk = await openDesk()
    expect((await desk.get(['acme/pickle'])).stderr).toContain('pytorch_model.bin: a pickle format')
    desk.hub.admin.createModel({
      id: 'acme/huge',
      files: { 'model.safetensors': { content: 'x', announcedSize: 4e15, announcedSha256: 'a'.repeat(64) } },
    })
    const huge = await desk.get(['acme/huge'])
    expect(huge.code).toBe(7)
    expect(huge.stderr).toMatch(/free \d+(?:\.\d)? GB more/)
  })

  test('ends with 6 and names the file when its bytes are wrong twice; the others still come', async () => {
    await using desk = await openDesk()
    const fault: Fault = { kind: 'corrupt', at: 5 * MIB }
    desk.hub.admin.setFaults({ rules: [{ when: { host: 'cdn', model: 'acme/tiny' }, fault }] })
    const run = await desk.get(['acme/tiny', 'acme/quants:Q8_0'])
    expect(run.code).toBe(6)
    expect(run.stderr).toContain('model.safetensors')
    expect(await readFile(path.join(lastLine(run), 'm-Q8_0.gguf')).then(({ length }) => length)).toBe(5 * MIB)
  })

  test('stops on Ctrl-C with 130, and the next run goes on from there', async () => {
    await using desk = await openDesk()
    const slow: Fault = { kind: 'throttle', bytesPerSecond: 600_000 }
    desk.hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: slow }] })
    const run = await desk.get(['acme/tiny'], {}, { signalAfterMs: 3000 })
    expect(run.code).toBe(130)
    expect(run.stderr).not.toContain('error:')
    expect(run.stderr).toMatch(/stopped: the same command goes on from here\n$/)
    desk.hub.admin.setFaults({ rules: [] })
    const again = await desk.get(['acme/tiny', '--json'])
    expect(again.code).toBe(0)
    expect((JSON.parse(lastLine(again)) as { fetchedBytes: number }).fetchedBytes).toBeLessThan(12 * MIB)
  })

  test.each([
    ['--local-dir', ''],
    ['--revision', ''],
    ['--quant', ' '],
  ])('takes no empty %s, which an unset variable gives', async (option, value) => {
    await using desk = await openDesk()
    const run = await desk.get(['acme/tiny', option, value])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toContain(option)
    expect(desk.hub.log.entries()).toEqual([])
  })

  test('says so where a pattern has swallowed the id', async () => {
    await using desk = await openDesk()
    const run = await desk.get(['--include', '*.json', 'acme/tiny'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('name the model before it')
    expect(await desk.get(['acme/tiny', '--include', '*.json'])).toMatchObject({ code: 0 })
  })

  test('refuses a revision that cannot be remembered before it asks for anything', async () => {
    await using desk = await openDesk()
    expect(await desk.get(['acme/tiny@'])).toMatchObject({ code: 2 })
    expect(await desk.get(['acme/tiny@a/../b'])).toMatchObject({ code: 6 })
    expect(desk.hub.log.entries()).toEqual([])
  })

  test('puts one model into a folder of the user, and refuses several', async () => {
    await using desk = await openDesk()
    const folder = path.join(desk.home, 'mine')
    expect(lastLine(await desk.get(['acme/tiny', '--local-dir', folder]))).toBe(folder)
    expect((await stat(path.join(folder, 'model.safetensors'))).size).toBe(12 * MIB)
    expect((await desk.get(['acme/tiny', 'acme/pickle', '--local-dir', folder])).code).toBe(2)
  })

  test('says in a line what is wrong with what was asked for', async () => {
    await using desk = await openDesk()
    const cases = [
      { words: ['acme/tiny', '--limit-rate', '-5MB'], code: 2, says: 'Expected bytes a second, such as 20MB/s' },
      { words: ['acme/tiny', '--quant', 'Q4_K_M'], code: 3, says: 'it has no GGUF files' },
      { words: ['acme/tiny', '--quant', 'Q4_K_M'], code: 3, says: 'hint: `hubgate fit acme/tiny` says who has it' },
      { words: ['acme/empty'], code: 3, says: 'error: Cannot find any file in this repo' },
      { words: ['acme/tiny', '--include', '*.x'], code: 3, says: '`hubgate get acme/tiny --all --dry-run` lists' },
      { words: ['acme/tiny', 'config.json'], code: 2, says: "`acme/tiny --include 'config.json'` takes only" },
      { words: ['acme/tiny', '--all', '--include', '*.json'], code: 2, says: 'cannot be used with' },
    ]
    for (const { words, code, says } of cases) {
      const run = await desk.get(words)
      expect(run).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) as string })
      expect(run.stderr.trimEnd().split('\n').length).toBeLessThan(3)
    }
  })

  test('says of several models which one an error is about, and gets the others', async () => {
    await using desk = await openDesk()
    const { code, stdout, stderr } = await desk.get(['acme/empty', 'acme/tiny'])
    expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 3, lines: 2 })
    expect(stderr).toContain('error: acme/empty: Cannot find any file in this repo')
  })
})

import { stat } from 'node:fs/promises'
import path from 'node:path'
import { computedContent, type HubEmulator, startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { type Run, type RunOptions, runHubgate, temporaryHome } from './run-hubgate.ts'

const MIB = 1024 * 1024
const files = { 'config.json': '{}', 'model.safetensors': { content: computedContent(6 * MIB, 'weights') } }
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    { id: 'acme/tiny', files },
    { id: 'acme/big', files: { 'model.safetensors': { content: computedContent(16 * MIB, 'big') } } },
    { id: 'acme/other', files: { 'config.json': '{"a":1}' } },
    { id: 'acme/gated', gated: 'manual', files },
  ],
} as const

interface Desk extends AsyncDisposable {
  readonly hub: HubEmulator
  queue(args: readonly string[], environment?: Record<string, string>, options?: RunOptions): Promise<Run>
  /** The ids of jobs that were put into the queue. */
  add(...args: string[]): Promise<string[]>
}

async function openDesk(): Promise<Desk> {
  const hub = await startHubEmulator(setup)
  const home = temporaryHome()
  const queue: Desk['queue'] = (args, environment = {}, options = {}) =>
    runHubgate(
      ['queue', ...args],
      {
        HF_ENDPOINT: hub.endpoint,
        HF_TOKEN: 'hf_test_ada_read',
        HF_HOME: path.join(home, 'hf'),
        HUBGATE_HOME: path.join(home, 'hubgate'),
        ...environment,
      },
      options,
    )
  return {
    hub,
    queue,
    add: async (...args) => (await queue(['add', ...args])).stdout.trimEnd().split('\n'),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

interface JsonJob {
  readonly id: string
  readonly modelId: string
  readonly state: string
  readonly priority: number
}

const jobsOf = ({ stdout }: Run): JsonJob[] => JSON.parse(stdout) as JsonJob[]
const linesOf = ({ stdout }: Run): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe.concurrent('hubgate queue', () => {
  test('an empty queue says so, and where a beginning is', async () => {
    await using desk = await openDesk()
    const [list, json, run, log, nothing] = await Promise.all([
      desk.queue(['list']),
      desk.queue(['list', '--json']),
      desk.queue(['run']),
      desk.queue(['log']),
      desk.queue(['pause', 'acme/tiny']),
    ])
    expect(list).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('hubgate queue add') as string })
    expect(json).toMatchObject({ code: 0, stdout: '[]\n' })
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Nothing is queued') as string })
    expect(log).toMatchObject({ code: 0, stdout: '' })
    expect(nothing).toMatchObject({ code: 3, stderr: expect.stringContaining('hubgate queue list --all') as string })
  })

  test('what is added is listed, done by priority, and printed by its folder', async () => {
    await using desk = await openDesk()
    const added = await desk.queue(['add', 'acme/tiny', 'acme/nothing', 'acme/other'])
    expect(added.code).toBe(3)
    expect(added.stderr).toContain('Cannot find acme/nothing')
    const [tiny = '', other = ''] = added.stdout.trimEnd().split('\n')
    const again = await desk.queue(['add', `${desk.hub.endpoint}/acme/other`, '--priority', '5', '--json'])
    expect(again.stderr).toContain('is there already, queued')
    expect(jobsOf(again)).toMatchObject([{ id: other, priority: 5, state: 'queued' }])
    const list = await desk.queue(['list', '--color', 'always'])
    expect(list.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      expect.stringContaining('JOB'),
      other.slice(-8),
      tiny.slice(-8),
      '',
    ])
    expect(list.stdout).toContain('\u001B[')
    const run = await desk.queue(['run', '--at-most', '1'])
    expect(run.code).toBe(0)
    const [first = '', second = ''] = run.stdout.trimEnd().split('\n')
    expect(first).toContain('models--acme--other')
    expect((await stat(path.join(second, 'model.safetensors'))).size).toBe(6 * MIB)
    expect(run.stderr).toContain('acme/tiny: 2 files, 6.0 MiB fetched and verified')
    const [done, log] = await Promise.all([desk.queue(['list']), desk.queue(['log', tiny.slice(-8)])])
    expect(done.stdout).toMatch(/acme\/tiny +done +6\.0 MiB/)
    expect(done.stdout).not.toContain('\u001B[')
    expect(log.stdout).toMatch(
      /added \(queued\) .*\n.*claimed \(running\) .*\n.*planned \(running\) .*2 files, 6\.0 MiB/,
    )
  })

  test('is paused, resumed, cancelled and tried again by the id, the end of it, or the model', async () => {
    await using desk = await openDesk()
    const [tiny = '', other = ''] = await desk.add('acme/tiny', 'acme/other')
    const paused = await desk.queue(['pause', 'ACME/tiny', other.slice(-8)])
    expect(paused).toMatchObject({ code: 0, stdout: '' })
    expect(paused.stderr).toContain(`acme/tiny (${tiny.slice(-8)}): paused`)
    expect((await desk.queue(['run'])).stderr).toContain('Nothing is queued')
    expect(jobsOf(await desk.queue(['resume', other, '--json']))).toMatchObject([{ id: other, state: 'queued' }])
    await desk.queue(['cancel', tiny])
    const run = await desk.queue(['run', '--json'])
    expect(linesOf(run).at(-1)).toMatchObject({
      type: 'done',
      jobId: other,
      modelId: 'acme/other',
      detail: { fileCount: 1 },
    })
    const [senseless, retried] = await Promise.all([desk.queue(['pause', other]), desk.queue(['retry', 'acme/tiny'])])
    expect(senseless).toMatchObject({ code: 2, stderr: expect.stringContaining('it is done') as string })
    expect(retried.stderr).toContain('queued')
    const states = jobsOf(await desk.queue(['list', '--json'])).map(({ id, state }) => [id, state])
    expect(states).toEqual([
      [tiny, 'queued'],
      [other, 'done'],
    ])
  })

  test('a shut gate ends with 4, its sentence and the next step; with --when-granted it is waited for', async () => {
    await using desk = await openDesk()
    const [refused = ''] = await desk.add('acme/gated')
    const run = await desk.queue(['run'])
    expect(run).toMatchObject({ code: 4, stdout: '' })
    expect(run.stderr).toContain(`${desk.hub.endpoint}/acme/gated`)
    expect((await desk.queue(['list'])).stdout).toMatch(/acme\/gated +failed/)
    await desk.add('acme/gated', '--when-granted')
    const waiting = await desk.queue(['run'], {}, { signalWhen: (said) => said.includes('waiting-access') })
    expect(waiting).toMatchObject({ code: 130, stdout: '' })
    expect(waiting.stderr).toContain('acme/gated: waiting-access')
    const events = linesOf(await desk.queue(['log', '--json', '--after', '1']))
    const ids = events.map(({ id }) => Number(id))
    expect(ids).toEqual(ids.toSorted((one, other) => one - other))
    expect(events.filter(({ jobId, type }) => jobId === refused && type === 'failed')).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ type: 'waiting', state: 'waiting-access', detail: { state: 'approval' } })
  })

  test('Ctrl-C gives back what is running, and the next run goes on from there', async () => {
    await using desk = await openDesk()
    const rules = [{ when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 400_000 } }] as const
    desk.hub.admin.setFaults({ rules })
    await desk.add('acme/big')
    const sentBytes = (): number => desk.hub.log.entries({ host: 'cdn' }).reduce((sum, { bytes }) => sum + bytes, 0)
    expect((await desk.queue(['run'], {}, { signalWhen: () => sentBytes() > 2.5 * MIB })).code).toBe(130)
    expect(jobsOf(await desk.queue(['list', '--json']))).toMatchObject([{ state: 'queued', claimedBy: null }])
    desk.hub.admin.setFaults({ rules: [] })
    desk.hub.log.clear()
    expect((await desk.queue(['run'])).code).toBe(0)
    expect(sentBytes()).toBeLessThan(16 * MIB)
  })

  test('leaves the jobs of another Hub alone, says how they are done, and needs a network', async () => {
    await using desk = await openDesk()
    await desk.add('acme/other')
    await using elsewhere = await startHubEmulator(setup)
    const there = { HF_ENDPOINT: elsewhere.endpoint }
    const [list, run, offline] = await Promise.all([
      desk.queue(['list'], there),
      desk.queue(['run'], there),
      desk.queue(['run', '--offline']),
    ])
    expect(list.stderr).toContain(`1 job for another Hub: \`hubgate queue run --endpoint ${desk.hub.endpoint}\``)
    expect(run.stderr).toContain('Nothing is queued')
    expect(offline.code).toBe(5)
    expect(elsewhere.log.entries()).toEqual([])
  })
})

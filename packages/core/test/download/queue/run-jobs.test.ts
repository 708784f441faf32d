import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { JobRequest } from '../../../src/download/queue/job-request.ts'
import { type Perform, performJob } from '../../../src/download/queue/perform-job.ts'
import { addJob, followEvents } from '../../../src/download/queue/queue.ts'
import { type RunJobsOptions, runJobs } from '../../../src/download/queue/run-jobs.ts'
import { HubgateError } from '../../../src/errors.ts'
import type { StoredJob } from '../../../src/store/job-repository.ts'
import { openStore, type Store } from '../../../src/store/store.ts'

const endpoint = 'https://huggingface.co'
const newFolder = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'hubgate-queue-')), 'home')

function requestFor(name: string, more: Partial<JobRequest> = {}): JobRequest {
  const own = { endpoint, revision: 'main', choice: {}, whenGranted: false }
  return { ...own, modelId: `acme/${name}`, ...more }
}

async function add(store: Store, name: string, more: Partial<JobRequest> = {}): Promise<StoredJob> {
  return (await addJob(store.jobs, requestFor(name, more))).job
}

/** Runs jobs while the test looks, and ends it in the end. */
async function whileRunning(
  store: Store,
  perform: Perform,
  look: () => Promise<void>,
  more: Partial<RunJobsOptions> = {},
): Promise<void> {
  const stop = new AbortController()
  const running = runJobs({ jobs: store.jobs, endpoint, perform, signal: stop.signal, beatMs: 20, ...more })
  try {
    await look()
  } finally {
    stop.abort()
    await running
  }
}

async function untilState(store: Store, id: string, state: string): Promise<StoredJob> {
  for (;;) {
    const job = await store.jobs.find(id)
    if (job?.state === state) return job
    await delay(10)
  }
}

/** Goes on until it is stopped. */
const endless: Perform = async (_, { signal }) => {
  await delay(3_600_000, undefined, { signal })
  return {}
}

const endlessForA: Perform = async (request, work) => (request.modelId === 'acme/a' ? endless(request, work) : {})

const talkative: Perform = async (request, work) => {
  await work.planned({ files: 2 })
  work.show({ type: 'retry', path: 'x' })
  await work.tell('verifying', undefined, 'verifying')
  await work.tell('retry', { file: 'x' }, 'running')
  await work.tell('verified', { file: 'x' })
  return { snapshotPath: `/cache/${request.modelId}` }
}

const damaged: Perform = async () => {
  throw new HubgateError('ERR_INTEGRITY', 'Cannot keep it', { path: 'x', expected: '1', actual: '2' })
}

describe('runJobs()', () => {
  test('does what is queued, tells each step, and keeps what came of it', async () => {
    await using store = await openStore({ folder: undefined })
    const { id } = await add(store, 'a', { commitHash: 'c'.repeat(40) })
    const heard: unknown[] = []
    await runJobs({
      jobs: store.jobs,
      endpoint,
      perform: talkative,
      signal: new AbortController().signal,
      untilIdle: true,
      onEvent: (job, { type }) => void heard.push([job.id, type]),
      onEnd: (job) => void heard.push([job.id, job.state]),
    })
    const events = await Array.fromAsync(followEvents(store.jobs, { jobId: id }))
    expect(events.map(({ type, state }) => `${type}: ${state}`)).toEqual([
      'added: queued',
      'claimed: running',
      'planned: running',
      'verifying: verifying',
      'retry: running',
      'verified: running',
      'done: done',
    ])
    expect(await store.jobs.find(id)).toMatchObject({
      state: 'done',
      detail: '{"snapshotPath":"/cache/acme/a"}',
      claimedBy: undefined,
    })
    expect(heard).toEqual([
      [id, 'retry'],
      [id, 'done'],
    ])
  })

  test('does no more at once than allowed, the urgent ones first', async () => {
    await using store = await openStore({ folder: undefined })
    for (const name of ['a', 'b', 'c', 'd']) await add(store, name)
    await addJob(store.jobs, requestFor('urgent'), { priority: 5 })
    const begun: string[] = []
    let [now, most] = [0, 0]
    const perform: Perform = async ({ modelId }) => {
      begun.push(modelId)
      most = Math.max(most, (now += 1))
      await delay(30)
      now -= 1
      return {}
    }
    await runJobs({
      jobs: store.jobs,
      endpoint,
      perform,
      signal: new AbortController().signal,
      atMost: 2,
      untilIdle: true,
      beatMs: 10,
    })
    expect(most).toBe(2)
    expect(begun).toEqual(['acme/urgent', 'acme/a', 'acme/b', 'acme/c', 'acme/d'])
  })

  test.each(['pause', 'cancel'] as const)(
    'stops a running job soon after %s, and goes on with the next',
    async (action) => {
      await using store = await openStore({ folder: undefined })
      const { id } = await add(store, 'a')
      const look = async (): Promise<void> => {
        await untilState(store, id, 'running')
        const next = await add(store, 'b')
        const { state } = await store.jobs.act(id, action)
        await untilState(store, next.id, 'done')
        expect(await store.jobs.find(id)).toMatchObject({ state, claimedBy: undefined })
      }
      await whileRunning(store, endlessForA, look, { atMost: 1 })
    },
  )

  test('does a paused job again once it is resumed', async () => {
    await using store = await openStore({ folder: undefined })
    const { id } = await add(store, 'a')
    let times = 0
    const perform: Perform = async (request, work) => ((times += 1) === 1 ? endless(request, work) : {})
    await whileRunning(store, perform, async () => {
      await untilState(store, id, 'running')
      await store.jobs.act(id, 'pause')
      await store.jobs.act(id, 'resume')
      await untilState(store, id, 'done')
    })
    expect(times).toBe(2)
  })

  test('gives back what it was doing when it is told to end', async () => {
    await using store = await openStore({ folder: undefined })
    const { id } = await add(store, 'a')
    await whileRunning(store, endless, async () => void (await untilState(store, id, 'running')))
    expect(await store.jobs.find(id)).toMatchObject({ state: 'queued', attempts: 0, claimedBy: undefined })
  })

  test('waits at a gate, holding nobody up, and goes through once it opens', async () => {
    let nowMs = Date.parse('2026-11-24T12:00:00Z')
    const now = (): Date => new Date(nowMs)
    await using store = await openStore({ folder: undefined, now })
    const { id } = await add(store, 'gated', { whenGranted: true })
    const other = await add(store, 'open')
    let isOpen = false
    const perform: Perform = async ({ modelId }) => {
      if (modelId !== 'acme/gated' || isOpen) return {}
      const refusal = { url: 'x', status: 403, hubCode: undefined, hubMessage: undefined, requestId: undefined }
      const details = { ...refusal, modelId, state: 'pending', nextStep: undefined }
      throw new HubgateError('ERR_ACCESS_REFUSED', 'Cannot fetch', details)
    }
    const look = async (): Promise<void> => {
      expect((await untilState(store, id, 'waiting-access')).notBefore).toBe('2026-11-24T12:00:05.000Z')
      await untilState(store, other.id, 'done')
      isOpen = true
      nowMs += 5000
      await untilState(store, id, 'done')
    }
    await whileRunning(store, perform, look, { atMost: 1, now })
  })

  test('a failure is kept with the job, a request that cannot be read is one', async () => {
    await using store = await openStore({ folder: undefined })
    const failing = await add(store, 'a')
    const unreadable = (await store.jobs.add({ id: '7', key: '7', endpoint, modelId: 'acme/b', request: '{}' })).job
    await whileRunning(store, damaged, async () => {
      const { detail } = await untilState(store, failing.id, 'failed')
      expect(JSON.parse(detail ?? '')).toMatchObject({ code: 'ERR_INTEGRITY', message: 'Cannot keep it' })
      expect((await untilState(store, unreadable.id, 'failed')).detail).toContain('Cannot read a job')
    })
  })

  test('a process killed with -9 loses its jobs to another, and each is done to its end once', async () => {
    const folder = newFolder()
    await using store = await openStore({ folder })
    for (let n = 0; n < 8; n += 1) await add(store, `m${n}`)
    using first = startRunner(folder, 'stuck')
    await first.hasBegun(2)
    using second = startRunner(folder, 'quick')
    await second.hasBegun(6)
    first[Symbol.dispose]()
    const jobs = await untilAllDone(store)
    expect(jobs).toHaveLength(8)
    const log = (await readFile(path.join(folder, 'log'), 'utf8')).trimEnd().split('\n')
    const begunBy = (pid: number | undefined): string[] =>
      log.filter((line) => line.startsWith('begin') && line.endsWith(` ${pid}`)).map((line) => line.split(' ')[1] ?? '')
    expect(begunBy(first.pid)).toEqual(['acme/m0', 'acme/m1'])
    expect(begunBy(second.pid).toSorted()).toEqual(jobs.map(({ modelId }) => modelId).toSorted())
    expect(log.filter((line) => line.startsWith('end'))).toHaveLength(8)
    const events = await store.jobs.events({ after: 0 })
    expect(events.filter(({ detail }) => detail?.includes(`"by":"process ${first.pid} `))).toHaveLength(2)
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(8)
  })
})

test('addJob() gives the job there is for the same work while it is active', async () => {
  await using store = await openStore({ folder: undefined })
  const first = await addJob(store.jobs, requestFor('a'))
  const again = await addJob(store.jobs, requestFor('A', { modelId: 'ACME/a', whenGranted: true }))
  expect(again).toEqual({ job: first.job, isNew: false })
  expect(first.job.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('followEvents() gives what happens from now on, in any process, and stops when told to', async () => {
  const folder = newFolder()
  await using store = await openStore({ folder })
  await add(store, 'before')
  const stop = new AbortController()
  const seen: string[] = []
  const following = (async () => {
    for await (const { type } of followEvents(store.jobs, { signal: stop.signal, pollMs: 10 })) {
      seen.push(type)
      if (type === 'cancelled') stop.abort()
    }
  })()
  await delay(50)
  await using elsewhere = await openStore({ folder })
  const { id } = await add(elsewhere, 'a')
  await elsewhere.jobs.act(id, 'pause')
  await elsewhere.jobs.act(id, 'cancel')
  await expect(following).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  expect(seen).toEqual(['added', 'paused', 'cancelled'])
})

async function untilAllDone(store: Store): Promise<readonly StoredJob[]> {
  for (;;) {
    const jobs = await store.jobs.list()
    if (jobs.every(({ state }) => state === 'done')) return jobs
    await delay(50)
  }
}

interface Runner extends Disposable {
  readonly pid: number | undefined
  /** Waits until so many jobs were begun there. */
  hasBegun(count: number): Promise<void>
}

/** A process of its own that does jobs; killed with -9 when disposed of. */
function startRunner(folder: string, manner: 'stuck' | 'quick'): Runner {
  const script = fileURLToPath(new URL('./run-jobs-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@hubgate/source', '--no-warnings', script, folder, manner], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
  return {
    pid: child.pid,
    async hasBegun(count) {
      while ((output.match(/^begin/gm)?.length ?? 0) < count) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the process ended: ${output}`)
        await delay(20)
      }
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

test('performJob() counts a claim from when it was asked for, however late the answer came', async () => {
  const folder = newFolder()
  await using store = await openStore({ folder, runsIn: 'here' })
  await add(store, 'a')
  const ttlMs = 3_600_000
  const job = await store.jobs.claim({ holder: 'me', endpoint, ttlMs, atMost: 1 })
  using other = new DatabaseSync(path.join(folder, 'state.db'))
  other.exec('BEGIN IMMEDIATE')
  let reason: unknown
  await performJob(job!, {
    jobs: store.jobs,
    perform: async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      reason = signal.reason
      other.exec('ROLLBACK')
      return {}
    },
    holder: 'me',
    ttlMs,
    beatMs: 10,
    // The store was so busy that the claim may be another's by now, and is too busy to say.
    span: () => false,
    signal: new AbortController().signal,
    now: () => new Date(),
  })
  expect(reason).toMatchObject({ message: `Cannot go on with the job ${job?.id}: it was stopped` })
})

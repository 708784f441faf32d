import { spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { computedContent } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { downloadSnapshot } from '../../../src/download/download-snapshot.ts'
import type { DownloadEvent } from '../../../src/download/events.ts'
import { type CreateRequestOptions, createJobRequest } from '../../../src/download/queue/create-request.ts'
import { downloadJobs } from '../../../src/download/queue/download-job.ts'
import { addJob } from '../../../src/download/queue/queue.ts'
import { type RunJobsOptions, runJobs } from '../../../src/download/queue/run-jobs.ts'
import type { StoredJob } from '../../../src/store/job-repository.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { type DownloadStage, stageDownload } from '../stage.ts'

const MIB = 1024 * 1024
const BIG = 12 * MIB + 77
const files = {
  'config.json': '{"a":1}',
  'model-1.safetensors': { content: computedContent(2 * MIB, 'first') },
  'model-2.safetensors': { content: computedContent(BIG, 'second') },
}
const SIZE = 7 + 2 * MIB + BIG
const coded = (code: string): Error => expect.objectContaining({ code }) as Error

async function add(stage: DownloadStage, more: Partial<CreateRequestOptions> = {}): Promise<StoredJob> {
  return (await addJob(stage.store.jobs, await createJobRequest('ACME/tiny', { ...stage.options(), ...more }))).job
}

interface Look {
  readonly doneBytes: () => number
}

/** Does the jobs of a stage in this process: until nothing is left, or until `look` has seen enough. */
async function runHere(
  stage: DownloadStage,
  look?: (seen: Look) => Promise<void>,
  more: Partial<RunJobsOptions> = {},
): Promise<DownloadEvent[]> {
  const events: DownloadEvent[] = []
  const stop = new AbortController()
  const running = runJobs({
    jobs: stage.store.jobs,
    endpoint: stage.hub.endpoint,
    perform: downloadJobs(stage.options()),
    signal: stop.signal,
    beatMs: 20,
    untilIdle: look === undefined,
    onEvent: (_, event) => void events.push(event),
    ...more,
  })
  try {
    await look?.({ doneBytes: () => events.findLast((event) => event.type === 'progress')?.doneBytes ?? 0 })
  } finally {
    if (look !== undefined) stop.abort()
    await running
  }
  return events
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(10)
}

const isIn = (store: Store, id: string, state: string) => async (): Promise<boolean> =>
  (await store.jobs.find(id))?.state === state

async function typesOf(store: Store, jobId: string): Promise<string[]> {
  return (await store.jobs.events({ after: 0, jobId })).map(({ type, state }) => `${type}: ${state}`)
}

const cdnBytes = ({ hub }: DownloadStage): number =>
  hub.log.entries({ host: 'cdn' }).reduce((sum, { bytes }) => sum + bytes, 0)

function slowDown({ hub }: DownloadStage, bytesPerSecond = MIB): void {
  hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond } }] })
}

test('jobs that are done side by side share their connections', async () => {
  const models = ['one', 'two'].map((name) => ({ id: `acme/${name}`, files }))
  // No answer comes to its end: every connection that may be opened is.
  const faults = [{ when: { host: 'cdn' }, fault: { kind: 'hang-body', afterBytes: 1000 } }] as const
  await using stage = await stageDownload(files, {}, { models, faults })
  const options = { ...stage.options(), stallMs: 60_000, maxConnections: 3 }
  const jobs: StoredJob[] = []
  for (const { id } of models)
    jobs.push((await addJob(stage.store.jobs, await createJobRequest(id, { ...options, choice: { all: true } }))).job)
  const asked = (): number => stage.hub.log.entries({ host: 'cdn' }).length
  const look = async (): Promise<void> => {
    for (const { id } of jobs)
      await until(async () => (await typesOf(stage.store, id)).some((type) => type.startsWith('planned')))
    await until(() => asked() >= 3)
    await delay(500)
    expect(asked()).toBe(3)
  }
  await runHere(stage, look, { perform: downloadJobs(options), atMost: 2 })
})

describe('createJobRequest()', () => {
  test('settles the commit and the spelling by one question, and finds out at once that nothing would be left', async () => {
    await using stage = await stageDownload(files)
    const [commitHash] = stage.hub.admin.commits({ model: 'acme/tiny' })
    const request = await createJobRequest('acme/tiny', { ...stage.options(), whenGranted: true })
    expect(stage.hub.log.entries()).toHaveLength(1)
    expect(await createJobRequest('ACME/tiny', { ...stage.options(), whenGranted: true })).toEqual(request)
    expect(request).toEqual({
      endpoint: stage.hub.endpoint,
      modelId: 'acme/tiny',
      revision: 'main',
      commitHash,
      choice: {},
      whenGranted: true,
    })
    const options = { ...stage.options(), choice: { include: ['*.gguf'] } }
    await expect(createJobRequest('acme/tiny', options)).rejects.toThrow(coded('ERR_FILES_NOT_FOUND'))
    await expect(createJobRequest('acme/none', stage.options())).rejects.toThrow(coded('ERR_MODEL_NOT_FOUND'))
    await expect(createJobRequest('acme/tiny', { ...stage.options(), localFolder: 'here' })).rejects.toThrow(TypeError)
  })

  test('asks nobody offline, and leaves the commit to whoever does the job', async () => {
    await using stage = await stageDownload(files)
    const client = stage.client({ HF_HUB_OFFLINE: '1' })
    const request = await createJobRequest('acme/tiny', { ...stage.options(), client })
    expect(request).not.toHaveProperty('commitHash')
    expect(stage.hub.log.entries()).toEqual([])
  })
})

describe('downloadJobs()', () => {
  test('gets what was asked for, writes down its course, and keeps what came of it', async () => {
    await using stage = await stageDownload(files)
    const { id } = await add(stage)
    const events = await runHere(stage)
    expect(events.some(({ type }) => type === 'progress')).toBe(true)
    const types = (await typesOf(stage.store, id)).filter((type) => !type.startsWith('verifying'))
    expect(types.slice(0, 3)).toEqual(['added: queued', 'claimed: running', 'planned: running'])
    expect(types.at(-1)).toBe('done: done')
    const kept = await stage.store.jobs.events({ after: 0, jobId: id })
    const verified = kept.filter(({ type }) => type === 'verified').flatMap(({ detail }) => parse(detail).files ?? [])
    expect(verified.map((file) => file.path).toSorted()).toEqual(Object.keys(files))
    expect(parse(kept.find(({ type }) => type === 'planned')?.detail)).toMatchObject({ fileCount: 3, fetchBytes: SIZE })
    const job = await stage.store.jobs.find(id)
    const done = parse(job?.detail)
    expect(done).toMatchObject({ fileCount: 3, sizeBytes: SIZE, fetchedBytes: SIZE, wasComplete: false })
    expect((await stat(path.join(done.path ?? '', 'model-2.safetensors'))).size).toBe(BIG)
    stage.hub.log.clear()
    const again = await add(stage)
    expect(again.id).not.toBe(id)
    await runHere(stage)
    expect(parse((await stage.store.jobs.find(again.id))?.detail)).toMatchObject({ fetchedBytes: 0, wasComplete: true })
    expect(cdnBytes(stage)).toBe(0)
  })

  test('gets the commit that was meant when the job was added, wherever the branch has moved', async () => {
    await using stage = await stageDownload(files)
    const [commitHash = ''] = stage.hub.admin.commits({ model: 'acme/tiny' })
    const { id } = await add(stage)
    stage.hub.admin.commit({ model: 'acme/tiny', files: { 'model-1.safetensors': 'new', 'config.json': null } })
    const next = await add(stage)
    expect(next.id).not.toBe(id)
    await stage.store.jobs.act(next.id, 'cancel')
    await runHere(stage)
    const done = parse((await stage.store.jobs.find(id))?.detail)
    expect(done).toMatchObject({ commitHash, fileCount: 3 })
    expect((await stat(path.join(done.path ?? '', 'model-1.safetensors'))).size).toBe(2 * MIB)
    expect((await stage.cacheFiles())['models--acme--tiny/refs/main']).toBe(commitHash)
  })

  test('does not make the cache remember an older commit than somebody has seen since', async () => {
    await using stage = await stageDownload(files)
    const { id } = await add(stage)
    stage.hub.admin.commit({ model: 'acme/tiny', files: { 'config.json': '{"a":2}' } })
    const newer = await downloadSnapshot('acme/tiny', stage.options())
    await runHere(stage)
    expect(await stage.store.jobs.find(id)).toMatchObject({ state: 'done' })
    expect((await stage.cacheFiles())['models--acme--tiny/refs/main']).toBe(newer.commitHash)
  })

  test('leaves a job of another Hub alone, and refuses it where it is handed one', async () => {
    await using stage = await stageDownload(files)
    const request = { ...(await createJobRequest('acme/tiny', stage.options())), endpoint: 'https://mirror.example' }
    const { job } = await addJob(stage.store.jobs, request)
    await runHere(stage)
    expect(await stage.store.jobs.find(job.id)).toMatchObject({ state: 'queued' })
    await runHere(stage, () => until(isIn(stage.store, job.id, 'failed')), { endpoint: request.endpoint })
    expect(parse((await stage.store.jobs.find(job.id))?.detail)).toMatchObject({ code: 'ERR_ENDPOINT' })
    expect(cdnBytes(stage)).toBe(0)
  })

  test('fails at a gate with its state and next step, and fetches nothing', async () => {
    await using stage = await stageDownload(files, { gated: 'manual' })
    const { id } = await add(stage)
    await runHere(stage)
    expect(await stage.store.jobs.find(id)).toMatchObject({ state: 'failed', attempts: 0 })
    const { code, details } = parse((await stage.store.jobs.find(id))?.detail)
    expect({ code, details }).toMatchObject({
      code: 'ERR_ACCESS_REFUSED',
      details: { state: 'approval', nextStep: { url: `${stage.hub.endpoint}/acme/tiny` } },
    })
    // When it was added, when it was done, and once more to see that the gate stood still.
    expect(
      stage.hub.log.entries().filter(({ url }) => /^\/api\/models\/acme\/tiny(?:\/revision|$)/.test(url)),
    ).toHaveLength(3)
    expect(stage.hub.log.entries({ host: 'cdn' })).toEqual([])
  })

  test('lets a job wait at a gate without holding up the others, tells of it once, and gets it once it opens', async () => {
    const gated = { id: 'acme/gated', gated: 'manual', files } as const
    await using stage = await stageDownload({}, {}, { models: [gated, { id: 'acme/open', files }] })
    let nowMs = Date.now()
    const now = (): Date => new Date(nowMs)
    await using store = await openStore({ folder: path.join(stage.home, 'hubgate'), runsIn: 'here', now })
    const options = { ...stage.options(), whenGranted: true }
    const waiting = (await addJob(store.jobs, await createJobRequest('acme/gated', options))).job
    const open = (await addJob(store.jobs, await createJobRequest('acme/open', options))).job
    const look = async (): Promise<void> => {
      await until(isIn(store, open.id, 'done'))
      for (let looks = 1; looks <= 3; looks += 1) {
        await until(() => stage.hub.log.entries({ route: 'auth-check' }).length >= looks)
        await until(async () => (await store.jobs.find(waiting.id))?.notBefore !== undefined)
        if (looks === 3) stage.hub.admin.approve({ model: 'acme/gated', user: 'ada' })
        nowMs += 5000
      }
      await until(isIn(store, waiting.id, 'done'))
    }
    await runHere(stage, look, {
      jobs: store.jobs,
      atMost: 1,
      now,
      perform: downloadJobs({ ...stage.options(), store }),
    })
    const types = await typesOf(store, waiting.id)
    expect(types.slice(0, 4)).toEqual([
      'added: queued',
      'claimed: running',
      'waiting: waiting-access',
      'planned: running',
    ])
    expect(types.at(-1)).toBe('done: done')
  })

  test('paused in the middle it stops, and resumed it goes on where it was', async () => {
    await using stage = await stageDownload(files)
    slowDown(stage)
    const { id } = await add(stage)
    let reached = 0
    await runHere(stage, async ({ doneBytes }) => {
      await until(() => doneBytes() > 5 * MIB)
      await stage.store.jobs.act(id, 'pause')
      await until(async () => (await stage.store.jobs.find(id))?.claimedBy === undefined)
      reached = doneBytes()
      await until(() => stage.hub.log.entries({ host: 'cdn' }).every(({ durationMs }) => durationMs !== undefined))
    })
    expect(await stage.store.jobs.find(id)).toMatchObject({ state: 'paused' })
    expect(reached).toBeLessThan(SIZE)
    await runHere(stage)
    expect(await stage.store.jobs.find(id)).toMatchObject({ state: 'paused' })
    stage.hub.log.clear()
    stage.hub.admin.setFaults({ rules: [] })
    await stage.store.jobs.act(id, 'resume')
    await runHere(stage)
    expect(await stage.store.jobs.find(id)).toMatchObject({ state: 'done' })
    expect(cdnBytes(stage)).toBeGreaterThan(0)
    expect(cdnBytes(stage)).toBeLessThan(SIZE - reached + 2 * MIB)
  })

  test('cancelled in the middle it stops, and what was verified or had come stays for the next', async () => {
    await using stage = await stageDownload(files)
    slowDown(stage)
    const { id } = await add(stage)
    await runHere(stage, async ({ doneBytes }) => {
      await until(() => doneBytes() > 6 * MIB)
      await stage.store.jobs.act(id, 'cancel')
      await until(async () => (await stage.store.jobs.find(id))?.claimedBy === undefined)
    })
    expect(await stage.store.jobs.find(id)).toMatchObject({ state: 'cancelled' })
    const verified = (await stage.store.jobs.events({ after: 0, jobId: id }))
      .filter(({ type }) => type === 'verified')
      .flatMap(({ detail }) => parse(detail).files ?? [])
    const blobs = await readdir(path.join(stage.hubCache, 'models--acme--tiny', 'blobs'))
    expect(blobs.filter((name) => name.endsWith('.hubgate.incomplete'))).not.toEqual([])
    expect(blobs.filter((name) => !name.endsWith('.incomplete')).length).toBeGreaterThanOrEqual(verified.length)
    stage.hub.log.clear()
    stage.hub.admin.setFaults({ rules: [] })
    await add(stage)
    await runHere(stage)
    expect(cdnBytes(stage)).toBeLessThan(SIZE - 4 * MIB)
  })

  test('tells of wrong bytes, and fails by name when they are wrong twice', async () => {
    await using stage = await stageDownload(files)
    const fault = { kind: 'corrupt', at: 9 * MIB } as const
    stage.hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault }] })
    const { id } = await add(stage)
    await runHere(stage)
    const types = await typesOf(stage.store, id)
    expect(types).toContain('retry: running')
    expect(types.at(-1)).toBe('failed: failed')
    expect(parse((await stage.store.jobs.find(id))?.detail)).toMatchObject({
      code: 'ERR_INTEGRITY',
      details: { path: 'model-2.safetensors' },
    })
  })

  test.concurrent('killed with -9, its job goes to another process, which fetches only what is missing', async () => {
    await using stage = await stageDownload(files)
    slowDown(stage)
    const { id } = await add(stage)
    using first = startWorker(stage)
    await first.hasSaid(/^verified acme\/tiny model-1/m)
    await until(() => first.doneBytes() > 8 * MIB)
    first[Symbol.dispose]()
    await until(() => stage.hub.log.entries({ host: 'cdn' }).every(({ durationMs }) => durationMs !== undefined))
    const reached = first.doneBytes()
    stage.hub.log.clear()
    stage.hub.admin.setFaults({ rules: [] })
    using second = startWorker(stage)
    await until(isIn(stage.store, id, 'done'))
    expect(second.doneBytes()).toBe(SIZE)
    expect(cdnBytes(stage)).toBeGreaterThan(0)
    // What the journal does not name yet comes again; the whole file would be more than this.
    expect(cdnBytes(stage)).toBeLessThan(SIZE - reached + 3 * MIB)
    expect(stage.hub.log.entries({ route: 'resolve' })).toHaveLength(1)
    const events = await stage.store.jobs.events({ after: 0, jobId: id })
    for (const { pid } of [first, second])
      expect(events.filter(({ detail }) => detail?.includes(`"by":"process ${pid} `))).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1)
  })

  test.concurrent('two processes do six jobs, two at once of both together, and each once', async () => {
    const small = { 'config.json': '{}', 'model.safetensors': { content: computedContent(MIB, 'x') } }
    const models = Array.from({ length: 6 }, (_, n) => ({ id: `acme/m${n}`, files: small }))
    await using stage = await stageDownload({}, {}, { models })
    slowDown(stage, 2 * MIB)
    using one = startWorker(stage)
    using two = startWorker(stage)
    await Promise.all([one.hasSaid(/^ready/), two.hasSaid(/^ready/)])
    for (const model of models) await addJob(stage.store.jobs, await createJobRequest(model.id, { ...stage.options() }))
    await until(async () => (await stage.store.jobs.list({ states: ['done'] })).length === 6)
    const events = await stage.store.jobs.events({ after: 0 })
    let [now, most] = [0, 0]
    for (const { type } of events) {
      if (type === 'claimed') most = Math.max(most, (now += 1))
      if (type === 'done') now -= 1
    }
    expect(most).toBe(2)
    expect(events.filter(({ type }) => type === 'claimed')).toHaveLength(6)
    expect(cdnBytes(stage)).toBe(6 * MIB)
  })
})

interface ParsedDetail {
  readonly path?: string
  readonly code?: string
  readonly details?: unknown
  readonly files?: readonly { readonly path: string }[]
}

function parse(json: string | undefined): ParsedDetail {
  return JSON.parse(json ?? '{}') as ParsedDetail
}

interface Worker extends Disposable {
  readonly pid: number | undefined
  doneBytes(): number
  hasSaid(pattern: RegExp): Promise<void>
}

/** A process of its own that does the jobs of a stage; killed with -9 when disposed of. */
function startWorker({ home, hub }: DownloadStage): Worker {
  const script = fileURLToPath(new URL('./download-jobs-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@hubgate/source', '--no-warnings', script, home, hub.endpoint], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
  return {
    pid: child.pid,
    doneBytes: () => Number(/progress \S+ (\d+)\n$/.exec(output)?.[1] ?? 0),
    async hasSaid(pattern) {
      await until(() => {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the process ended: ${output}`)
        return pattern.test(output)
      })
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

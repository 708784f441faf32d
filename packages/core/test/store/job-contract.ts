import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { JobAction, JobState, JobToAdd, StoredJob } from '../../src/store/job-repository.ts'
import type { Store } from '../../src/store/store.ts'
import type { MakeStore } from './contract.ts'

const noon = Date.parse('2026-11-24T12:00:00.000Z')
const ttlMs = 15_000
const hubEndpoint = 'https://huggingface.co'
const coded = (code: string): Error => expect.objectContaining({ code }) as Error

export function jobToAdd(key: string, more: Partial<JobToAdd> = {}): JobToAdd {
  return { id: randomUUID(), key, endpoint: hubEndpoint, modelId: `acme/${key}`, request: '{}', ...more }
}

async function addJob(store: Store, key: string, more: Partial<JobToAdd> = {}): Promise<StoredJob> {
  return (await store.jobs.add(jobToAdd(key, more))).job
}

function claimAs(store: Store, holder: string, atMost = 10): Promise<StoredJob | undefined> {
  return store.jobs.claim({ holder, endpoint: hubEndpoint, ttlMs, atMost })
}

async function typesOf(store: Store, jobId?: string): Promise<string[]> {
  const events = await store.jobs.events({ after: 0, ...(jobId === undefined ? {} : { jobId }) })
  return events.map(({ type, state }) => `${type}: ${state}`)
}

/** What every implementation of the queue must hold to. */
export function describeJobContract(name: string, makeStore: MakeStore): void {
  const open = (): Promise<Store> => makeStore(() => new Date(noon))

  describe(`${name}: jobs`, () => {
    test('the same asked again while it is active is the same job; once it is over, a new one', async () => {
      await using store = await open()
      const first = await store.jobs.add(jobToAdd('a', { request: '{"choice":{}}', priority: 3 }))
      expect(first).toMatchObject({
        isNew: true,
        job: { state: 'queued', priority: 3, request: '{"choice":{}}', attempts: 0 },
      })
      expect(await store.jobs.add(jobToAdd('a'))).toEqual({ job: first.job, isNew: false })
      await store.jobs.act(first.job.id, 'cancel')
      expect((await store.jobs.add(jobToAdd('a'))).isNew).toBe(true)
      expect(await store.jobs.list()).toHaveLength(2)
    })

    test('of many who ask for the same at once one makes it', async () => {
      await using store = await open()
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.jobs.add(jobToAdd('a'))))
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(new Set(answers.map(({ job }) => job.id)).size).toBe(1)
    })

    test('are claimed by priority, then by age, and no more at once than allowed', async () => {
      await using store = await open()
      for (const [key, priority] of [
        ['old', 0],
        ['urgent', 9],
        ['later', 0],
      ] as const)
        await addJob(store, key, { priority })
      expect((await claimAs(store, 'one', 2))?.key).toBe('urgent')
      expect((await claimAs(store, 'two', 2))?.key).toBe('old')
      expect(await claimAs(store, 'three', 2)).toBeUndefined()
      expect((await claimAs(store, 'three', 3))?.key).toBe('later')
      expect(await claimAs(store, 'four', 9)).toBeUndefined()
    })

    test('run to their end under one claim, and every change is an event with the state it led to', async () => {
      await using store = await open()
      const { id } = await addJob(store, 'a')
      expect(await claimAs(store, 'one')).toMatchObject({
        id,
        state: 'running',
        claimedBy: 'one',
        leaseUntil: '2026-11-24T12:00:15.000Z',
      })
      const claim = { id, holder: 'one' }
      expect(await store.jobs.move({ ...claim, to: 'running', detail: '{"bytes":7}' })).toBe(true)
      expect(await store.jobs.tell({ ...claim, type: 'verifying', to: 'verifying' })).toBe(true)
      expect(await store.jobs.tell({ ...claim, type: 'retry', to: 'running', detail: '{"file":"x"}' })).toBe(true)
      expect(await store.jobs.find(id)).toMatchObject({ state: 'running', detail: '{"bytes":7}' })
      expect(await store.jobs.move({ ...claim, to: 'verifying' })).toBe(true)
      expect(await store.jobs.renew({ ...claim, ttlMs })).toBe(true)
      expect(await store.jobs.move({ ...claim, to: 'done', detail: '{"path":"/x"}' })).toBe(true)
      expect(await store.jobs.find(id)).toMatchObject({ state: 'done', claimedBy: undefined, detail: '{"path":"/x"}' })
      expect(await typesOf(store)).toEqual([
        'added: queued',
        'claimed: running',
        'planned: running',
        'verifying: verifying',
        'retry: running',
        'verifying: verifying',
        'done: done',
      ])
      expect(await store.jobs.move({ ...claim, to: 'failed' })).toBe(false)
    })

    test('events have increasing ids over all jobs: who remembers the last one misses none', async () => {
      await using store = await open()
      expect(await store.jobs.lastEventId()).toBe(0)
      const [a, b] = [await addJob(store, 'a'), await addJob(store, 'b')]
      const seen = await store.jobs.lastEventId()
      await store.jobs.act(b.id, 'pause')
      await store.jobs.act(a.id, 'cancel')
      const events = await store.jobs.events({ after: seen })
      expect(events.map(({ jobId, type }) => [jobId, type])).toEqual([
        [b.id, 'paused'],
        [a.id, 'cancelled'],
      ])
      expect(events[0]!.id).toBeGreaterThan(seen)
      expect(events[1]!.id).toBeGreaterThan(events[0]!.id)
      expect(await typesOf(store, a.id)).toEqual(['added: queued', 'cancelled: cancelled'])
      expect(await store.jobs.events({ after: 0, limit: 1 })).toHaveLength(1)
    })

    test('go to another when their claim ends, and the first one finds out', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      const { id } = await addJob(store, 'a')
      await claimAs(store, 'one')
      now += ttlMs - 1
      expect(await claimAs(store, 'two')).toBeUndefined()
      now += 1
      expect(await claimAs(store, 'two')).toMatchObject({ id, claimedBy: 'two', state: 'running' })
      expect(await store.jobs.renew({ id, holder: 'one', ttlMs })).toBe(false)
      expect(await store.jobs.move({ id, holder: 'one', to: 'done' })).toBe(false)
      expect(await store.jobs.tell({ id, holder: 'one', type: 'verified' })).toBe(false)
      await store.jobs.release({ id, holder: 'one' })
      expect(await store.jobs.find(id)).toMatchObject({ state: 'running', claimedBy: 'two' })
      const [, , taken] = await store.jobs.events({ after: 0 })
      expect(taken).toMatchObject({ type: 'claimed', detail: '{"by":"two","takenOverFrom":"one"}' })
    })

    test('that were paused are nobody’s to go on with; resumed they wait until the one that did them has stopped', async () => {
      await using store = await open()
      const { id } = await addJob(store, 'a')
      await claimAs(store, 'one')
      expect(await store.jobs.act(id, 'pause')).toMatchObject({ state: 'paused' })
      expect(await store.jobs.renew({ id, holder: 'one', ttlMs })).toBe(false)
      expect(await store.jobs.act(id, 'resume')).toMatchObject({ state: 'queued' })
      expect(await claimAs(store, 'two')).toBeUndefined()
      await store.jobs.release({ id, holder: 'one' })
      expect(await claimAs(store, 'two')).toMatchObject({ id, claimedBy: 'two' })
    })

    test('that wait for access rest until it is time to look again, and take nobody’s place meanwhile', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      const { id } = await addJob(store, 'a')
      await claimAs(store, 'one', 1)
      await store.jobs.move({ id, holder: 'one', to: 'waiting-access', restMs: 5000, detail: '{"state":"pending"}' })
      expect(await store.jobs.find(id)).toMatchObject({
        state: 'waiting-access',
        claimedBy: undefined,
        notBefore: '2026-11-24T12:00:05.000Z',
      })
      await addJob(store, 'b')
      expect(await claimAs(store, 'one', 1)).toMatchObject({ key: 'b' })
      now += 5000
      expect(await claimAs(store, 'two', 2)).toMatchObject({ id, state: 'waiting-access' })
      await store.jobs.move({ id, holder: 'two', to: 'running' })
      expect(await store.jobs.find(id)).toMatchObject({ state: 'running', claimedBy: 'two' })
    })

    test('are left to whoever speaks to their Hub', async () => {
      await using store = await open()
      const { id } = await addJob(store, 'a', { endpoint: 'https://mirror.example' })
      expect(await claimAs(store, 'one')).toBeUndefined()
      expect(await store.jobs.list({ endpoint: hubEndpoint })).toEqual([])
      expect(await store.jobs.list({ endpoint: 'https://mirror.example' })).toHaveLength(1)
      const theirs = { holder: 'two', endpoint: 'https://mirror.example', ttlMs, atMost: 1 }
      expect(await store.jobs.claim(theirs)).toMatchObject({ id, endpoint: 'https://mirror.example' })
    })

    test('of one model go one after another, others meanwhile', async () => {
      await using store = await open()
      const first = await addJob(store, 'a', { modelId: 'acme/M' })
      const second = await addJob(store, 'b', { modelId: 'ACME/m' })
      const other = await addJob(store, 'c')
      expect(await claimAs(store, 'one')).toMatchObject({ id: first.id })
      expect(await claimAs(store, 'two')).toMatchObject({ id: other.id })
      expect(await claimAs(store, 'three')).toBeUndefined()
      await store.jobs.move({ id: first.id, holder: 'one', to: 'done' })
      expect(await claimAs(store, 'three')).toMatchObject({ id: second.id })
    })

    test('looking again at a gate that is shut tells nobody anything', async () => {
      await using store = await open()
      const { id } = await addJob(store, 'a')
      await claimAs(store, 'one')
      await store.jobs.move({ id, holder: 'one', to: 'waiting-access', detail: '{"n":1}' })
      const seen = await store.jobs.lastEventId()
      await claimAs(store, 'two')
      await store.jobs.move({ id, holder: 'two', to: 'waiting-access', detail: '{"n":2}', isNews: false })
      expect(await store.jobs.find(id)).toMatchObject({ detail: '{"n":2}', claimedBy: undefined })
      expect(await store.jobs.lastEventId()).toBe(seen)
    })

    test('put off after a failure are tried again later; given back in the middle, at once', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      const { id } = await addJob(store, 'a')
      await claimAs(store, 'one')
      await store.jobs.move({ id, holder: 'one', to: 'queued', restMs: 2000, detail: '{"code":"ERR_HUB_UNREACHABLE"}' })
      expect(await store.jobs.find(id)).toMatchObject({ state: 'queued', attempts: 1 })
      expect(await claimAs(store, 'two')).toBeUndefined()
      now += 2000
      await claimAs(store, 'two')
      await store.jobs.release({ id, holder: 'two' })
      expect(await store.jobs.find(id)).toMatchObject({ state: 'queued', attempts: 1, claimedBy: undefined })
      expect(await claimAs(store, 'three')).toMatchObject({ id })
      expect((await typesOf(store)).slice(2)).toEqual([
        'retry: queued',
        'claimed: running',
        'given-back: queued',
        'claimed: running',
      ])
    })

    const reachable: Readonly<Record<JobState, readonly JobAction[]>> = {
      queued: ['pause', 'cancel', 'resume', 'retry'],
      'waiting-access': ['pause', 'cancel', 'resume', 'retry'],
      running: ['pause', 'cancel', 'resume', 'retry'],
      verifying: ['pause', 'cancel', 'resume', 'retry'],
      paused: ['pause', 'resume', 'cancel'],
      done: [],
      failed: ['retry'],
      cancelled: ['cancel', 'retry'],
    }

    test.each(Object.entries(reachable))('%s: only what makes sense may be asked: %s', async (state, allowed) => {
      for (const action of ['pause', 'resume', 'cancel', 'retry'] as const) {
        await using store = await open()
        const { id } = await addJob(store, 'a')
        await bringTo(store, id, state as JobState)
        const before = await store.jobs.lastEventId()
        if (allowed.includes(action)) await store.jobs.act(id, action)
        else {
          await expect(store.jobs.act(id, action)).rejects.toThrow(coded('ERR_JOB_STATE'))
          expect(await store.jobs.lastEventId()).toBe(before)
        }
      }
    })

    test('failed ones are tried again from the start, unless another has begun the same', async () => {
      await using store = await open()
      const { id } = await addJob(store, 'a')
      await bringTo(store, id, 'failed')
      const twin = await addJob(store, 'a')
      await expect(store.jobs.act(id, 'retry')).rejects.toThrow(coded('ERR_JOB_STATE'))
      await store.jobs.act(twin.id, 'cancel')
      expect(await store.jobs.act(id, 'retry')).toMatchObject({ state: 'queued', attempts: 0, detail: undefined })
    })

    test('can be given another priority while they are active', async () => {
      await using store = await open()
      const [a, b] = [await addJob(store, 'a'), await addJob(store, 'b')]
      await store.jobs.prioritize(b.id, 5)
      const seen = await store.jobs.lastEventId()
      await store.jobs.prioritize(b.id, 5)
      expect(await store.jobs.lastEventId()).toBe(seen)
      expect(await claimAs(store, 'one')).toMatchObject({ id: b.id })
      await store.jobs.act(a.id, 'cancel')
      await expect(store.jobs.prioritize(a.id, 1)).rejects.toThrow(coded('ERR_JOB_STATE'))
      await expect(store.jobs.prioritize(b.id, 0.5)).rejects.toThrow(RangeError)
    })

    test('are listed newest first, by state, page by page', async () => {
      await using store = await open()
      const jobs = [await addJob(store, 'a'), await addJob(store, 'b'), await addJob(store, 'c')]
      await store.jobs.act(jobs[1]!.id, 'pause')
      const page = await store.jobs.list({ limit: 2 })
      expect(page.map(({ key }) => key)).toEqual(['c', 'b'])
      expect((await store.jobs.list({ limit: 2, before: page[1]!.id })).map(({ key }) => key)).toEqual(['a'])
      expect((await store.jobs.list({ states: ['paused', 'failed'] })).map(({ key }) => key)).toEqual(['b'])
      expect(await store.jobs.list({ states: [] })).toEqual([])
    })

    test('a clock put back by a day blocks nobody for a day', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      const { id } = await addJob(store, 'a')
      await claimAs(store, 'one')
      now -= 86_400_000
      expect(await claimAs(store, 'two')).toMatchObject({ id, claimedBy: 'two' })
    })

    test('who asked first and was served second, by an earlier time, takes nobody’s job away', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      await addJob(store, 'a')
      await claimAs(store, 'one')
      now -= 5000
      expect(await claimAs(store, 'two')).toBeUndefined()
    })

    test('what is no JSON, or far too much of it, is refused, and nothing is written', async () => {
      await using store = await open()
      await expect(store.jobs.add(jobToAdd('a', { request: 'no' }))).rejects.toThrow(/JSON/)
      await expect(store.jobs.add(jobToAdd('a', { request: `"${'x'.repeat(1_000_001)}"` }))).rejects.toThrow(RangeError)
      await expect(store.jobs.act('nothing', 'pause')).rejects.toThrow(coded('ERR_JOB_NOT_FOUND'))
      const { id } = await addJob(store, 'a')
      await claimAs(store, 'one')
      await expect(store.jobs.move({ id, holder: 'one', to: 'done', detail: '{' })).rejects.toThrow(/JSON/)
      expect(await store.jobs.find(id)).toMatchObject({ state: 'running' })
      expect(await typesOf(store)).toHaveLength(2)
    })
  })

  describe(`${name}: watches`, () => {
    const hub = { endpoint: 'https://huggingface.co', account: 'alice' }

    test('are there once for a model, whatever its case, each account for itself', async () => {
      await using store = await open()
      const first = await store.watches.add({ ...hub, id: '1', modelId: 'Acme/Gated' })
      expect(first).toMatchObject({ isNew: true, watch: { id: '1', modelId: 'Acme/Gated', told: undefined } })
      expect(await store.watches.add({ ...hub, id: '2', modelId: 'acme/gated' })).toEqual({ ...first, isNew: false })
      await store.watches.add({ ...hub, account: 'bob', id: '3', modelId: 'acme/gated' })
      expect((await store.watches.list(hub)).map(({ id }) => id)).toEqual(['1'])
      expect(await store.watches.remove({ ...hub, modelId: 'ACME/gated' })).toBe(true)
      expect(await store.watches.remove({ ...hub, modelId: 'ACME/gated' })).toBe(false)
      expect(await store.watches.list({ ...hub, account: 'bob' })).toHaveLength(1)
    })

    test.each([false, 'auto', 'manual', true, null] as const)(
      'remember what was told last, a gate of %s too',
      async (gated) => {
        await using store = await open()
        await store.watches.add({ ...hub, id: '1', modelId: 'a/b' })
        const told = { state: 'pending', gated, checkedAt: '2026-11-24T12:00:00.000Z' }
        await store.watches.told('1', told)
        await store.watches.told('gone', told)
        expect((await store.watches.list(hub))[0]?.told).toEqual(told)
      },
    )
  })
}

/** Leads a queued job into a state by the ways there are. */
async function bringTo(store: Store, id: string, state: JobState): Promise<void> {
  if (state === 'queued') return
  if (state === 'paused') return void (await store.jobs.act(id, 'pause'))
  if (state === 'cancelled') return void (await store.jobs.act(id, 'cancel'))
  await claimAs(store, 'one')
  if (state !== 'running') await store.jobs.move({ id, holder: 'one', to: state })
  expect((await store.jobs.find(id))?.state).toBe(state)
}

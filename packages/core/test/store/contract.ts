import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { StoredAccess } from '../../src/store/access-repository.ts'
import type { AnswerKey, StoredAnswer, StoredModel } from '../../src/store/live-repository.ts'
import type { StoredRateLimit } from '../../src/store/rate-budget-repository.ts'
import type { Store } from '../../src/store/store.ts'

/** How the suite gets a store: empty, with the clock it is given. */
export type MakeStore = (now: () => Date) => Promise<Store>

const hub = { endpoint: 'https://huggingface.co', account: 'alice' }
const noon = '2026-11-24T12:00:00.000Z'

export function accessAnswer(modelId: string, more: Partial<StoredAccess> = {}): StoredAccess {
  return { ...hub, modelId, gated: 'auto', state: 'terms', checkedAt: noon, ...more }
}

export function storedModel(id: string, more: Partial<StoredModel> = {}): StoredModel {
  const own = { endpoint: hub.endpoint, account: '', id, formerIds: [], form: 'row', json: `{"id":"${id}"}` } as const
  return { ...own, asOf: noon, order: {}, ...more }
}

export function secondsLater(seconds: number): string {
  return new Date(Date.parse(noon) + seconds * 1000).toISOString()
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** What every implementation of the repositories must hold to. */
export function describeStoreContract(name: string, makeStore: MakeStore): void {
  const open = (at = noon): Promise<Store> => makeStore(() => new Date(at))

  describe(`${name}: access`, () => {
    test('gives back what was put, whatever the case of the id, and nothing for what is not known', async () => {
      await using store = await open()
      const answer = accessAnswer('Acme/Tiny', { gated: 'manual', state: 'pending', hubMessage: 'Your request … ✋' })
      await store.access.put([answer, accessAnswer('acme/other')])
      expect(await store.access.findMany(hub, ['acme/TINY', 'acme/missing'])).toEqual(new Map([['acme/tiny', answer]]))
      expect(await store.access.findMany(hub, [])).toEqual(new Map())
    })

    test.each([false, 'auto', 'manual', true, null] as const)('keeps a gate of %s as it is', async (gated) => {
      await using store = await open()
      await store.access.put([accessAnswer('a/b', { gated })])
      expect((await store.access.findMany(hub, ['a/b'])).get('a/b')?.gated).toBe(gated)
    })

    test('keeps accounts, nobody, and endpoints apart', async () => {
      await using store = await open()
      const keys = [
        hub,
        { ...hub, account: '' },
        { ...hub, account: 'bob' },
        { ...hub, endpoint: 'http://127.0.0.1:1' },
      ]
      await store.access.put(keys.map((key, index) => accessAnswer('a/b', { ...key, state: `state-${index}` })))
      const states = await Promise.all(keys.map(async (key) => (await store.access.findMany(key, ['a/b'])).get('a/b')))
      expect(states.map((answer) => answer?.state)).toEqual(['state-0', 'state-1', 'state-2', 'state-3'])
    })

    test('the newer answer stays, whichever comes last, and drops the old sentence', async () => {
      await using store = await open()
      const old = accessAnswer('a/b', { state: 'terms', hubMessage: 'old', checkedAt: '2026-11-24T11:00:00.000Z' })
      await store.access.put([old])
      await store.access.put([accessAnswer('A/B', { state: 'granted' })])
      await store.access.put([old])
      expect((await store.access.findMany(hub, ['a/b'])).get('a/b')).toEqual(accessAnswer('A/B', { state: 'granted' }))
    })

    test('finds thousands at once', async () => {
      await using store = await open()
      const ids = Array.from({ length: 5000 }, (_, index) => `a/m${index}`)
      await store.access.put(ids.map((id) => accessAnswer(id)))
      expect((await store.access.findMany(hub, ids)).size).toBe(5000)
    })

    test('keeps all of a batch or none', async () => {
      await using store = await open()
      const nothing = { ...accessAnswer('a/second'), state: null } as unknown as StoredAccess
      await expect(store.access.put([accessAnswer('a/first'), nothing])).rejects.toThrow(Error)
      expect(await store.access.findMany(hub, ['a/first', 'a/second'])).toEqual(new Map())
    })
  })

  describe(`${name}: whoami`, () => {
    const { endpoint } = hub
    const tokenHash = hashOf('hf_test_token')

    test('keeps an answer for an hour by the clock of the store', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      await store.whoami.put({ endpoint, tokenHash, json: '{"name":"alice"}', checkedAt: noon })
      now = '2026-11-24T12:59:59.000Z'
      expect(await store.whoami.find(endpoint, tokenHash)).toEqual({ json: '{"name":"alice"}', checkedAt: noon })
      now = '2026-11-24T13:00:00.000Z'
      expect(await store.whoami.find(endpoint, tokenHash)).toBeUndefined()
      expect(await store.whoami.find(endpoint, tokenHash, { maxAgeMs: Infinity })).toBeDefined()
      now = '2026-11-24T11:00:00.000Z'
      expect(await store.whoami.find(endpoint, tokenHash)).toBeUndefined()
    })

    test('replaces, forgets, and knows nothing of other tokens and endpoints', async () => {
      await using store = await open()
      await store.whoami.put({ endpoint, tokenHash, json: '1', checkedAt: noon })
      await store.whoami.put({ endpoint, tokenHash, json: '2', checkedAt: noon })
      expect((await store.whoami.find(endpoint, tokenHash))?.json).toBe('2')
      expect(await store.whoami.find(endpoint, hashOf('another'))).toBeUndefined()
      expect(await store.whoami.find('https://other.example', tokenHash)).toBeUndefined()
      await store.whoami.remove(endpoint, tokenHash)
      await store.whoami.remove(endpoint, tokenHash)
      expect(await store.whoami.find(endpoint, tokenHash)).toBeUndefined()
    })

    test('refuses anything but a SHA-256, and does not repeat it', async () => {
      await using store = await open()
      const refused = store.whoami.put({ endpoint, tokenHash: 'hf_test_secret', json: '{}', checkedAt: noon })
      await expect(refused).rejects.toThrow(RangeError)
      await expect(refused).rejects.not.toThrow('hf_test_secret')
    })
  })

  describe(`${name}: live answers`, () => {
    const key: AnswerKey = { ...hub, url: '/api/models?search=llama' }
    const answer: StoredAnswer = { ...key, etag: 'W/"1"', body: '[{"id":"a/b"}]', asOf: noon }

    test('are found again by exactly their address and account', async () => {
      await using store = await open()
      await store.live.putAnswer(answer)
      expect(await store.live.findAnswer(key)).toEqual(answer)
      expect(await store.live.findAnswer({ ...key, account: '' })).toBeUndefined()
      expect(await store.live.findAnswer({ ...key, url: `${key.url}&limit=1` })).toBeUndefined()
      expect(await store.live.findAnswer({ ...key, endpoint: 'http://127.0.0.1:1' })).toBeUndefined()
    })

    test('are as new as the Hub last said that they hold, unless another took their place', async () => {
      await using store = await open()
      const later = '2026-11-24T13:00:00.000Z'
      await store.live.putAnswer(answer)
      await store.live.touchAnswer(key, answer.etag, later)
      expect(await store.live.findAnswer(key)).toEqual({ ...answer, asOf: later })
      await store.live.putAnswer({ ...answer, etag: 'W/"2"', body: '[]', asOf: later })
      await store.live.touchAnswer(key, answer.etag, '2026-11-24T14:00:00.000Z')
      expect(await store.live.findAnswer(key)).toEqual({ ...answer, etag: 'W/"2"', body: '[]', asOf: later })
    })

    test('are bounded: the oldest go first, and one that is far too large is not kept', async () => {
      await using store = await open()
      const megabytes = 'x'.repeat(3 << 20)
      for (let index = 0; index < 12; index += 1)
        await store.live.putAnswer({ ...answer, url: `/${index}`, body: megabytes, asOf: secondsLater(index) })
      const kept = await Promise.all(
        Array.from(
          { length: 12 },
          async (_, index) => (await store.live.findAnswer({ ...key, url: `/${index}` })) !== undefined,
        ),
      )
      expect(kept).toEqual([false, false, ...Array.from({ length: 10 }, () => true)])
      await store.live.putAnswer({ ...answer, url: '/huge', body: 'x'.repeat(5 << 20) })
      expect(await store.live.findAnswer({ ...key, url: '/huge' })).toBeUndefined()
    })
  })

  describe(`${name}: live models`, () => {
    const scope = { endpoint: hub.endpoint, accounts: [''] }
    const everything = { ...scope, words: [], orderBy: 'downloads', limit: 100, offset: 0 } as const

    test('come back in the order asked, unknown values last, a page at a time', async () => {
      await using store = await open()
      const models = [
        storedModel('a/none'),
        storedModel('a/few', { order: { downloads: 5, likes: 9, params: 1.5, createdAt: noon, lastModified: noon } }),
        storedModel('a/many', { order: { downloads: 1e300, likes: 1 } }),
      ]
      await store.live.putModels(models)
      const ids = async (more: object): Promise<string[]> =>
        (await store.live.searchModels({ ...everything, ...more })).map(({ id }) => id)
      expect(await ids({})).toEqual(['a/many', 'a/few', 'a/none'])
      expect(await ids({ orderBy: 'likes' })).toEqual(['a/few', 'a/many', 'a/none'])
      expect(await ids({ limit: 1, offset: 1 })).toEqual(['a/few'])
      expect(await store.live.searchModels(everything)).toEqual([models[2], models[1], models[0]])
    })

    test('match all words, in present and former ids, and no pattern characters', async () => {
      await using store = await open()
      await store.live.putModels([
        storedModel('Acme/Llama-3'),
        storedModel('acme/new', { formerIds: ['old/Llama-2'] }),
        storedModel('acme/100%_x'),
      ])
      const found = async (...words: string[]): Promise<string[]> =>
        (await store.live.searchModels({ ...everything, words })).map(({ id }) => id)
      expect(await found('llama')).toEqual(['Acme/Llama-3', 'acme/new'])
      expect(await found('llama', 'acme')).toEqual(['Acme/Llama-3', 'acme/new'])
      expect(await found('llama-3', 'acme/')).toEqual(['Acme/Llama-3'])
      expect(await found('%')).toEqual(['acme/100%_x'])
      expect(await found("' OR 1=1 --")).toEqual([])
    })

    test('are found by id and by any former id, in each form, and keep former ids that a later answer lacks', async () => {
      await using store = await open()
      const details = storedModel('new/Name', { form: 'details', formerIds: ['Old/Name'] })
      const row = storedModel('new/Name')
      await store.live.putModels([details, row])
      expect(await store.live.findModel(scope, 'NEW/name')).toEqual([details, row])
      expect(await store.live.findModel(scope, 'old/name')).toEqual([details])
      expect(await store.live.findModel(scope, 'old/nam')).toEqual([])
      await store.live.putModels([storedModel('new/Name', { form: 'details', json: '{}' })])
      expect(await store.live.findModel(scope, 'old/name')).toEqual([{ ...details, json: '{}' }])
    })

    test('stay as new as they were', async () => {
      await using store = await open()
      const model = storedModel('a/b')
      await store.live.putModels([model])
      await store.live.putModels([storedModel('a/b', { json: '"older"', asOf: '2026-11-23T12:00:00.000Z' })])
      expect(await store.live.searchModels(everything)).toEqual([model])
    })

    test('what one account may see is not shown to another', async () => {
      await using store = await open()
      await store.live.putModels([storedModel('a/private', { account: 'alice' }), storedModel('a/public')])
      const ids = async (accounts: string[]): Promise<string[]> =>
        (await store.live.searchModels({ ...everything, accounts })).map(({ id }) => id)
      expect(await ids([''])).toEqual(['a/public'])
      expect(await ids(['', 'bob'])).toEqual(['a/public'])
      expect(await ids(['', 'alice'])).toEqual(['a/private', 'a/public'])
      expect(await store.live.findModel({ ...scope, endpoint: 'http://other' }, 'a/public')).toEqual([])
    })

    test('what is far too large is left out, and the rest is kept', async () => {
      await using store = await open()
      await store.live.putModels([storedModel('a/huge', { json: 'x'.repeat(1 << 20) }), storedModel('a/b')])
      expect((await store.live.searchModels(everything)).map(({ id }) => id)).toEqual(['a/b'])
    })
  })

  describe(`${name}: rate budget`, () => {
    const limit: StoredRateLimit = {
      ...hub,
      bucket: 'api',
      remaining: 40,
      resetAt: '2026-11-24T12:05:00.000Z',
      quota: 500,
      windowSeconds: 300,
    }

    test('is shared until its window ends, by account and bucket', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      const { quota: _quota, windowSeconds: _window, ...bare } = limit
      await store.rateBudget.put(limit)
      await store.rateBudget.put({ ...bare, bucket: 'search', remaining: 1 })
      await store.rateBudget.put({ ...limit, account: '', remaining: 7 })
      expect(await store.rateBudget.list(hub)).toEqual([limit, { ...bare, bucket: 'search', remaining: 1 }])
      now = '2026-11-24T12:05:00.000Z'
      expect(await store.rateBudget.list(hub)).toEqual([])
    })

    test('within a window it only shrinks, and an answer about an earlier window changes nothing', async () => {
      await using store = await open()
      const remaining = async (): Promise<number | undefined> => (await store.rateBudget.list(hub))[0]?.remaining
      await store.rateBudget.put(limit)
      await store.rateBudget.put({ ...limit, remaining: 38, resetAt: '2026-11-24T12:05:01.000Z' })
      await store.rateBudget.put({ ...limit, remaining: 39 })
      expect(await remaining()).toBe(38)
      await store.rateBudget.put({ ...limit, remaining: 499, resetAt: '2026-11-24T12:10:00.000Z' })
      expect(await remaining()).toBe(499)
      await store.rateBudget.put({ ...limit, remaining: 3 })
      expect(await remaining()).toBe(499)
    })
  })
}

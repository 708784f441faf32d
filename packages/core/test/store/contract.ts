import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { StoredAccess } from '../../src/store/access-repository.ts'
import type { Store } from '../../src/store/store.ts'

/** How the suite gets a store: empty, with the clock it is given. */
export type MakeStore = (now: () => Date) => Promise<Store>

const hub = { endpoint: 'https://huggingface.co', account: 'alice' }
const noon = '2026-11-24T12:00:00.000Z'

export function accessAnswer(modelId: string, more: Partial<StoredAccess> = {}): StoredAccess {
  return { ...hub, modelId, gated: 'auto', state: 'terms', checkedAt: noon, ...more }
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
}

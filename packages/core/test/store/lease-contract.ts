import { describe, expect, test } from 'vitest'
import type { MakeStore } from './contract.ts'

/** What every implementation of the leases must hold to. */
export function describeLeaseContract(name: string, makeStore: MakeStore): void {
  const noon = Date.parse('2026-11-24T12:00:00.000Z')
  const leaseName = 'repo:/cache/models--a--b'
  const of = (holder: string): { name: string; holder: string; ttlMs: number } => ({
    name: leaseName,
    holder,
    ttlMs: 15_000,
  })

  describe(`${name}: leases`, () => {
    test('one holds it until it ends; the next takes over, and the first finds out', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      const { leases } = store
      expect(await leases.acquire(of('one'))).toMatchObject({
        granted: true,
        holder: 'one',
        leaseUntil: '2026-11-24T12:00:15.000Z',
      })
      now = noon + 14_999
      expect(await leases.acquire(of('two'))).toMatchObject({ granted: false, holder: 'one' })
      expect(await leases.list('repo:')).toHaveLength(1)
      now = noon + 15_000
      expect(await leases.list('repo:')).toEqual([])
      expect(await leases.acquire(of('two'))).toMatchObject({ granted: true, holder: 'two' })
      expect(await leases.renew(of('one'))).toBe(false)
      await leases.release(of('one'))
      expect(await leases.list('')).toMatchObject([{ name: leaseName, holder: 'two' }])
    })

    test('renewing holds on to it, also late where nobody else has come', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      await store.leases.acquire(of('one'))
      now = noon + 40_000
      expect(await store.leases.renew(of('one'))).toBe(true)
      now = noon + 54_000
      expect(await store.leases.acquire(of('two'))).toMatchObject({ granted: false })
    })

    test('given back it is free, and can no longer be renewed', async () => {
      await using store = await makeStore(() => new Date(noon))
      await store.leases.acquire(of('one'))
      await store.leases.release(of('one'))
      expect(await store.leases.renew(of('one'))).toBe(false)
      expect(await store.leases.acquire(of('two'))).toMatchObject({ granted: true })
    })

    test('a clock put back by a day blocks nobody for a day', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      await store.leases.acquire(of('one'))
      now = noon - 86_400_000
      expect(await store.leases.acquire(of('two'))).toMatchObject({ granted: true })
      expect(await store.leases.renew(of('one'))).toBe(false)
    })

    test('who asked first and was served second, by an earlier time, does not take it away', async () => {
      let now = noon
      await using store = await makeStore(() => new Date(now))
      await store.leases.acquire(of('one'))
      now = noon - 5000
      expect(await store.leases.acquire(of('two'))).toMatchObject({ granted: false, holder: 'one' })
      expect(await store.leases.list('repo:')).toHaveLength(1)
    })

    test('names are kept apart, and listed by how they begin', async () => {
      await using store = await makeStore(() => new Date(noon))
      for (const each of ['repo:/b', 'repo:/a', 'job:1', 'repo%'])
        await store.leases.acquire({ ...of('one'), name: each })
      expect((await store.leases.list('repo:')).map((lease) => lease.name)).toEqual(['repo:/a', 'repo:/b'])
    })

    test.each([0, -1, Number.NaN, 1.5])('refuses to hold for %s ms', async (ttlMs) => {
      await using store = await makeStore(() => new Date(noon))
      await expect(store.leases.acquire({ ...of('one'), ttlMs })).rejects.toThrow(RangeError)
    })
  })
}

import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Fault, type FaultMatch, type HubEmulator, startHubEmulator } from '../../src/start.ts'
import { ask } from '../ask.ts'
import { bytes, model, onCdn, read, setup } from './faulty-hub.ts'

const fault: Fault = { kind: 'status', status: 503 }

async function status(hub: HubEmulator, path: string): Promise<number> {
  return (await ask(hub.endpoint + path)).status
}

/** What 40 requests in a row get where each fails by even chances. */
async function roll(seed: number): Promise<number[]> {
  await using hub = await startHubEmulator({ ...setup, faults: [{ when: { probability: 0.5, seed }, fault }] })
  const seen: number[] = []
  for (let turn = 0; turn < 40; turn += 1) seen.push(await status(hub, '/api/models'))
  return seen
}

describe('matching', () => {
  test.each<[string, FaultMatch, number[]]>([
    ['a route', { route: 'tree' }, [200, 503, 302]],
    ['a pattern of routes', { route: /^(tree|resolve)$/ }, [200, 503, 503]],
    ['a pattern as text', { route: '/^res/' }, [200, 200, 503]],
    ['a model', { model: 'acme/other' }, [200, 200, 200].with(2, 302)],
    ['a file', { path: 'w.bin' }, [200, 200, 503]],
    ['a host', { host: 'cdn' }, [200, 200, 302]],
    ['a method', { method: 'HEAD' }, [200, 200, 302]],
  ])('by %s', async (_, when, expected) => {
    await using hub = await startHubEmulator({ ...setup, faults: [{ when, fault }] })
    const paths = [`/api/models/${model}`, `/api/models/${model}/tree/main`, `/${model}/resolve/main/w.bin`]
    expect([
      await status(hub, paths[0] ?? ''),
      await status(hub, paths[1] ?? ''),
      await status(hub, paths[2] ?? ''),
    ]).toEqual(expected)
  })

  test('from the n-th request on, so many times', async () => {
    await using hub = await startHubEmulator({ ...setup, faults: [{ when: { nth: 2, count: 2 }, fault }] })
    const seen: number[] = []
    for (let turn = 0; turn < 5; turn += 1) seen.push(await status(hub, '/api/models'))
    expect(seen).toEqual([200, 503, 503, 200, 200])
  })

  test('by chance, and by the same chance for the same seed', async () => {
    const first = await roll(7)
    expect(await roll(7)).toEqual(first)
    expect(await roll(8)).not.toEqual(first)
    const hits = first.filter((code) => code === 503).length
    expect(hits).toBeGreaterThan(8)
    expect(hits).toBeLessThan(32)
  })

  test('on the CDN by the file and the model the address leads to', async () => {
    await using hub = await startHubEmulator({
      ...setup,
      faults: [{ when: { host: 'cdn', model, path: 'v.bin' }, fault }],
    })
    const at = async (id: string, path: string): Promise<number> => {
      const { headers } = await ask(`${hub.endpoint}/${id}/resolve/main/${path}`)
      return (await ask(headers['location'] ?? '')).status
    }
    expect([await at(model, 'v.bin'), await at(model, 'w.bin'), await at('acme/other', 'w.bin')]).toEqual([
      503, 200, 200,
    ])
  })

  test('two faults on one request each do their part', async () => {
    const rules = [{ fault: { kind: 'ignore-range' } }, { fault: { kind: 'cut', afterBytes: 10 } }] as const
    await using cdn = await onCdn({ kind: 'latency', ms: 1 })
    cdn.hub.admin.setFaults({ rules })
    const response = await fetch(cdn.address, { headers: { range: 'bytes=50-99' } })
    expect(response.status).toBe(200)
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
    expect(cdn.hub.log.entries({ host: 'cdn' })).toMatchObject([{ faults: ['ignore-range', 'cut'], bytes: 10 }])
  })

  test.each([
    [{ fault: { kind: 'nonsense' } }],
    [{ fault: { kind: 'cut' } }],
    [{ when: { rout: 'tree' }, fault: { kind: 'hang' } }],
    [{ when: { probability: 2 }, fault: { kind: 'hang' } }],
  ])('a rule that makes no sense is refused: %o', async (rule) => {
    await using hub = await startHubEmulator(setup)
    expect(() => hub.admin.setFaults({ rules: [rule as never] })).toThrow(z.ZodError)
  })

  test.each(['none', 'light', 'heavy'] as const)('profile %s: a patient client gets every byte', async (profile) => {
    await using hub = await startHubEmulator({ ...setup, profile })
    const got = new Set<number>()
    for (let turn = 0; turn < 60 && got.size < 5; turn += 1) {
      const { received } = await patient(hub).catch(() => ({ received: Buffer.alloc(0) }))
      if (received.equals(bytes)) got.add(turn)
    }
    expect(got.size).toBe(5)
    if (profile !== 'none') expect(hub.log.entries().flatMap(({ faults }) => faults)).toContain('latency')
  })
})

async function patient(hub: HubEmulator): Promise<{ received: Buffer }> {
  const { headers } = await ask(`${hub.endpoint}/${model}/resolve/main/w.bin`)
  return read(headers['location'] ?? '', 1000)
}

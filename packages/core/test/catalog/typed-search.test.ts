import { describe, expect, test } from 'vitest'
import { Backlog } from '../../src/catalog/backlog.ts'
import { curatedList } from '../../src/catalog/curated-list.ts'
import { curatedSource } from '../../src/catalog/curated-source.ts'
import { createLiveBudget, pauseOf } from '../../src/catalog/live-budget.ts'
import { liveSource } from '../../src/catalog/live-source.ts'
import { TypedSearch, type TypedView } from '../../src/catalog/typed-search.ts'
import { HubClient } from '../../src/hub/client.ts'
import { openStore } from '../../src/store/store.ts'
import { json, type LocalHub, startLocalHub } from '../hub/local-hub.ts'

const api = (remaining: number, seconds = 200): Record<string, string> => ({
  ratelimit: `"api";r=${remaining};t=${seconds}`,
  'ratelimit-policy': '"fixed window";"api";q=500;w=300',
})

describe('TypedSearch', () => {
  test('shows what is known here at once, and asks the Hub once after many keys', async () => {
    await using hub = await startLocalHub((_, response) => json(response, [{ id: 'new/llama-today', downloads: 1 }]))
    await using desk = openDesk(hub, { pauseMs: 1000 })
    for (const text of ['l', 'll', 'lla', 'llam', 'llama']) await desk.search.search({ text }, 'after-pause')
    expect(desk.views.map(({ isFirst, live }) => [isFirst, live.kind])).toEqual(
      Array.from({ length: 5 }, () => [true, 'typing']),
    )
    expect(desk.views.at(-1)?.records.length).toBeGreaterThan(3)
    const view = await desk.until(({ live }) => live.kind === 'answered')
    expect(view.isFirst).toBe(false)
    expect(view.records.map(({ id }) => id)).toContain('new/llama-today')
    expect(asked(hub)).toEqual(['llama'])
  })

  test('asks at once on Enter', async () => {
    await using hub = await startLocalHub((_, response) => json(response, []))
    await using desk = openDesk(hub, { pauseMs: 3_600_000 })
    await desk.search.search({ text: 'llama' }, 'now')
    await desk.until(({ live }) => live.kind === 'answered')
    expect(asked(hub)).toEqual(['llama'])
  })

  test('Enter on the same text shows no first view again: rows keep their places', async () => {
    await using hub = await startLocalHub((_, response) => json(response, []))
    await using desk = openDesk(hub)
    await desk.search.search({ text: 'llama' }, 'now')
    await desk.until(({ live }) => live.kind === 'answered')
    await desk.search.search({ text: 'llama' }, 'now')
    expect(desk.views.filter(({ isFirst }) => isFirst)).toHaveLength(1)
  })

  test('asks nothing without a text, and nothing without a Hub', async () => {
    await using hub = await startLocalHub((_, response) => json(response, []))
    await using desk = openDesk(hub)
    await desk.search.search({ text: ' ', gate: 'terms' }, 'now')
    expect(desk.views.at(-1)?.live.kind).toBe('idle')
    await using offline = openDesk(undefined)
    await offline.search.search({ text: 'llama' }, 'now')
    expect(offline.views.at(-1)?.live.kind).toBe('idle')
    expect(hub.requests).toEqual([])
  })

  test('asks no second time for a text retyped, nor for a longer one when the Hub has given all', async () => {
    await using hub = await startLocalHub((_, response) =>
      json(response, [{ id: 'a/rare-llama' }, { id: 'a/rare-cat' }]),
    )
    await using desk = openDesk(hub)
    for (const text of ['rare', 'rare-l', 'rare', 'rare-llama', 'a/rare-cat']) {
      await desk.search.search({ text }, 'now')
      await desk.until(({ live }) => live.kind === 'answered')
    }
    expect(asked(hub)).toEqual(['rare'])
    await desk.search.search({ text: 'rar' }, 'now')
    await desk.until(({ live }) => live.kind === 'answered')
    expect(asked(hub)).toEqual(['rare', 'rar'])
  })

  test('asks again for a longer text when the Hub had more than it gave', async () => {
    await using hub = await startLocalHub((request, response) => {
      const url = new URL(request.url ?? '', `http://${request.headers.host}`)
      const rows = Array.from({ length: Number(url.searchParams.get('limit')) }, (_, index) => ({
        id: `a/llama-${index}`,
      }))
      json(response, rows, 200, { link: `<${url.origin}/api/models?cursor=x>; rel="next"` })
    })
    await using desk = openDesk(hub)
    for (const text of ['llama', 'llama-3']) {
      await desk.search.search({ text }, 'now')
      await desk.until(({ live }) => live.kind === 'answered')
    }
    expect(asked(hub)).toEqual(['llama', 'llama-3'])
  })

  test('an answer that comes late joins what is searched now, and is not taken for its answer', async () => {
    const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>()
    await using hub = await startLocalHub((_, response) => {
      void mayAnswer.then(() => json(response, [{ id: 'late/llama-3' }]))
    })
    await using desk = openDesk(hub, { pauseMs: 3_600_000 })
    await desk.search.search({ text: 'llama' }, 'now')
    await desk.until(({ live }) => live.kind === 'asking')
    await desk.search.search({ text: 'llama-3' }, 'after-pause')
    answer()
    const view = await desk.until(({ records }) => records.some(({ id }) => id === 'late/llama-3'))
    expect(view.live.kind).toBe('typing')
  })

  test('stops asking while hardly anything is left of the Hub’s limit, says until when, and goes on then', async () => {
    let now = new Date('2026-11-24T12:00:00Z')
    await using hub = await startLocalHub((_, response) => json(response, [], 200, api(50)))
    await using desk = openDesk(hub, { now: () => now })
    await desk.search.search({ text: 'llama' }, 'now')
    await desk.until(({ live }) => live.kind === 'answered')
    await desk.search.search({ text: 'qwen' }, 'now')
    const paused = await desk.until(({ live }) => live.kind === 'paused')
    expect(paused.live).toEqual({ kind: 'paused', until: new Date('2026-11-24T12:03:20Z') })
    expect(paused.records.length).toBeGreaterThan(0)
    now = new Date('2026-11-24T12:03:20Z')
    await desk.search.search({ text: 'qwen' }, 'now')
    await desk.until(({ live }) => live.kind === 'answered')
    expect(asked(hub)).toEqual(['llama', 'qwen'])
  })

  test('pauses as long as a 429 says', async () => {
    const now = new Date('2026-11-24T12:00:00Z')
    await using hub = await startLocalHub((_, response) => json(response, {}, 429, { 'retry-after': '30' }))
    await using desk = openDesk(hub, { now: () => now })
    await desk.search.search({ text: 'llama' }, 'now')
    const view = await desk.until(({ live }) => live.kind === 'paused')
    expect(view.live).toEqual({ kind: 'paused', until: new Date('2026-11-24T12:00:31Z') })
    await desk.search.search({ text: 'llama 3' }, 'now')
    await desk.until(({ live }) => live.kind === 'paused')
    expect(hub.requests).toHaveLength(1)
  })

  test('keeps what is known here when the Hub fails', async () => {
    await using hub = await startLocalHub((_, response) => response.end('<html>'))
    await using desk = openDesk(hub)
    await desk.search.search({ text: 'llama' }, 'now')
    const view = await desk.until(({ live }) => live.kind === 'failed')
    expect(view.records.length).toBeGreaterThan(0)
  })
})

describe('createLiveBudget()', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  const key = { endpoint: 'https://hub.test', account: '' }
  const limit = { bucket: 'api', remaining: 3, resetSeconds: 60, quota: 500, windowSeconds: 300 }

  test('heeds what another process was told, of the limits that lists draw from', async () => {
    await using store = await openStore({ folder: undefined, now: () => now })
    await using backlog = new Backlog()
    const open = (account = ''): ReturnType<typeof createLiveBudget> =>
      createLiveBudget({ ...key, account, shared: { rateBudget: store.rateBudget, backlog }, now: () => now })
    open().learn({ ...limit, bucket: 'resolvers' })
    await backlog[Symbol.asyncDispose]()
    expect(await open().pausedUntil()).toBeUndefined()
    open().learn(limit)
    await backlog[Symbol.asyncDispose]()
    expect(await open().pausedUntil()).toEqual(new Date('2026-11-24T12:01:00Z'))
    expect(await open('alice').pausedUntil()).toBeUndefined()
  })

  test('pauseOf() leaves a tenth for what people ask for by name, and waits for the last window', () => {
    const stored = { ...key, bucket: 'api', resetAt: '2026-11-24T12:01:00.000Z', quota: 50 }
    const search = { ...stored, bucket: 'search', resetAt: '2026-11-24T12:02:00.000Z' }
    expect(pauseOf([{ ...stored, remaining: 6 }], now)).toBeUndefined()
    expect(pauseOf([{ ...stored, remaining: 5 }], now)).toEqual(new Date(stored.resetAt))
    expect(
      pauseOf(
        [
          { ...stored, remaining: 0 },
          { ...search, remaining: 0 },
        ],
        now,
      ),
    ).toEqual(new Date(search.resetAt))
    expect(pauseOf([{ ...stored, remaining: 0, resetAt: now.toISOString() }], now)).toBeUndefined()
  })
})

function asked(hub: LocalHub): (string | null)[] {
  return hub.requests.map(({ url }) => new URL(url, hub.url).searchParams.get('search'))
}

interface Desk extends AsyncDisposable {
  readonly search: TypedSearch
  readonly views: TypedView[]
  /** The last view so far, or the next one, of which it is true. */
  until(isIt: (view: TypedView) => boolean): Promise<TypedView>
}

function openDesk(hub: LocalHub | undefined, options: { pauseMs?: number; now?: () => Date } = {}): Desk {
  const { pauseMs = 50, now = () => new Date() } = options
  const views: TypedView[] = []
  let onNext: (() => void) | undefined
  const budget = createLiveBudget({ endpoint: hub?.url ?? '', account: '', now })
  const client = hub && new HubClient(hub.settings(), { maxWaitMs: 0, onRateLimit: (limit) => budget.learn(limit) })
  const search = new TypedSearch({
    locals: [curatedSource(curatedList())],
    live: client && liveSource(client, { now }),
    budget,
    now,
    pauseMs,
    onView: (view) => {
      views.push(view)
      onNext?.()
    },
  })
  return {
    search,
    views,
    async until(isIt) {
      for (;;) {
        const view = views.at(-1)
        if (view !== undefined && isIt(view)) return view
        await new Promise<void>((resolve) => (onNext = resolve))
      }
    },
    async [Symbol.asyncDispose]() {
      search[Symbol.dispose]()
      await client?.[Symbol.asyncDispose]()
    },
  }
}

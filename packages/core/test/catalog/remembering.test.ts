import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Backlog } from '../../src/catalog/backlog.ts'
import { curatedList } from '../../src/catalog/curated-list.ts'
import { curatedSource } from '../../src/catalog/curated-source.ts'
import { fromStoredModel, toStoredModels } from '../../src/catalog/kept-model.ts'
import { keptSource } from '../../src/catalog/kept-source.ts'
import { factOf, recordAsOf } from '../../src/catalog/merge.ts'
import type { ModelRecord } from '../../src/catalog/record.ts'
import { type RememberingSources, rememberingSources } from '../../src/catalog/remembering.ts'
import { type SearchState, searchCatalog } from '../../src/catalog/search.ts'
import { HubClient } from '../../src/hub/client.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { json, type LocalHub, startLocalHub } from '../hub/local-hub.ts'

const seenAt = new Date('2026-11-24T12:00:00.000Z')
const later = new Date('2026-11-25T12:00:00.000Z')

describe('keptSource()', () => {
  test('has in the next run, without a network, what the Hub told in this one, as old as it is', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-kept-'))
    {
      await using hub = await startLocalHub((_, response) =>
        json(response, [
          { id: 'new/llama-today', gated: 'auto', private: false, downloads: 7, tags: ['license:mit'] },
          { id: 'meta-llama/Llama-3.1-8B-Instruct', gated: false, private: false, downloads: 99_000_000 },
        ]),
      )
      await using run = await openRun(hub, { folder })
      await last(searchCatalog([run.live], { text: 'llama' }))
    }
    await using store = await openStore({ folder })
    const kept = keptSource(store.live, { endpoint: ENDPOINT, account: '' })
    const { records } = await last(searchCatalog([curatedSource(curatedList()), kept], { text: 'llama' }))
    const known = records.find(({ id }) => id === 'meta-llama/Llama-3.1-8B-Instruct')
    expect(known?.facts.gated).toMatchObject({ value: false, source: 'live', asOf: seenAt.toISOString() })
    expect(known && factOf(known, 'memory')).toMatchObject({ label: '16GB' })
    expect(new Set(records.map(({ id }) => id.toLowerCase())).size).toBe(records.length)
    const fresh = records.find(({ id }) => id === 'new/llama-today')
    expect(fresh && [factOf(fresh, 'license'), recordAsOf(fresh)]).toEqual(['mit', seenAt.toISOString()])
  })

  test('finds a renamed model by both names, with what its own page told', async () => {
    await using hub = await startLocalHub((request, response) => {
      if (request.url?.startsWith('/api/models/old'))
        response.writeHead(307, { location: '/api/models/new/Name' }).end()
      else json(response, { id: 'new/Name', private: false, config: { model_type: 'llama', other: 'x' }, siblings: [] })
    })
    await using run = await openRun(hub)
    await run.live.find('old/name', {})
    await run.settle()
    for (const name of ['OLD/name', 'new/name']) {
      const record = await run.kept.find(name, {})
      expect(record).toMatchObject({ id: 'new/Name', formerIds: ['old/name'] })
      expect(record && factOf(record, 'modelType')).toBe('llama')
    }
    expect(await run.kept.find('old/nam', {})).toBeUndefined()
  })

  test('gives as many matches as were asked for, however many rows the filters pass over', async () => {
    await using store = await openStore({ folder: undefined })
    const scope = { endpoint: ENDPOINT, account: '' }
    const models = Array.from({ length: 1200 }, (_, index) => ({
      id: `a/m${index}`,
      private: false,
      downloads: 1e6 - index,
      gated: index >= 1100 && ('auto' as const),
    }))
    await store.live.putModels(toStoredModels({ models, form: 'row', seenAt }, scope))
    const { records, matches } = await last(searchCatalog([keptSource(store.live, scope)], { gate: 'terms', limit: 5 }))
    expect(records.map(({ id }) => id)).toEqual(['a/m1100', 'a/m1101', 'a/m1102', 'a/m1103', 'a/m1104'])
    expect(matches).toBe(100)
  })

  test('keeps a private model for its account alone, and for nobody where the account is unknown', async () => {
    const seen = {
      models: [{ id: 'a/private', private: true }, { id: 'a/unsaid' }, { id: 'a/public', private: false }],
      form: 'row',
      seenAt,
    } as const
    const accounts = (account: string | undefined): string[] =>
      toStoredModels(seen, { endpoint: ENDPOINT, account }).map((model) => `${model.account}: ${model.id}`)
    expect(accounts('alice')).toEqual(['alice: a/private', 'alice: a/unsaid', ': a/public'])
    expect(accounts(undefined)).toEqual([': a/public'])
  })

  test('gives a record or nothing for whatever lies on disk', () => {
    const stored = toStoredModels(
      { models: [{ id: 'a/b', private: false }], form: 'row', seenAt },
      { endpoint: ENDPOINT, account: '' },
    )[0]!
    expect(() =>
      fc.assert(
        fc.property(fc.oneof(fc.json(), fc.string()), fc.oneof(fc.constant(stored.asOf), fc.string()), (text, asOf) => {
          const record = fromStoredModel({ ...stored, json: text, asOf })
          return record === undefined || typeof record.id === 'string'
        }),
      ),
    ).not.toThrow()
  })
})

describe('rememberingSources()', () => {
  const row = [{ id: 'a/llama', private: false, downloads: 5 }]

  test('asks a second time only whether the answer still holds, and then says when it was last seen', async () => {
    await using hub = await startLocalHub((request, response) => {
      if (request.headers['if-none-match'] === 'W/"1"') response.writeHead(304).end()
      else
        json(response, row, 200, {
          etag: 'W/"1"',
          link: `<http://${request.headers.host}/api/models?cursor=x>; rel="next"`,
        })
    })
    await using run = await openRun(hub)
    const first = await run.live.search({ text: 'llama', limit: 1 }, {})
    await run.settle()
    run.setNow(later)
    const second = await run.live.search({ text: 'llama', limit: 1 }, {})
    await run.settle()
    expect(hub.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, 'W/"1"'])
    expect(second.records.map(({ id }) => id)).toEqual(first.records.map(({ id }) => id))
    expect([first.isComplete, second.isComplete]).toEqual([false, false])
    expect(asOfAll(second.records)).toEqual([later.toISOString()])
    expect(asOfAll((await run.kept.search({ text: 'llama' }, {})).records)).toEqual([later.toISOString()])
  })

  test('takes the new answer where the Hub has one, and keeps that', async () => {
    let version = 0
    await using hub = await startLocalHub((_, response) => {
      version += 1
      json(response, [{ ...row[0], downloads: version }], 200, { etag: `W/"${version}"` })
    })
    await using run = await openRun(hub)
    const downloads: unknown[] = []
    for (let round = 0; round < 3; round += 1) {
      const { records } = await run.live.search({ text: 'llama' }, {})
      downloads.push(records[0] && factOf(records[0], 'downloads'))
      await run.settle()
    }
    expect(downloads).toEqual([1, 2, 3])
    expect(hub.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, 'W/"1"', 'W/"2"'])
  })

  test.each([
    ['HTML', '<html>'],
    ['cut JSON', '[{"id":'],
  ])('never keeps %s', async (_, body) => {
    await using hub = await startLocalHub((_request, response) => response.writeHead(200, { etag: 'W/"1"' }).end(body))
    await using run = await openRun(hub)
    for (let round = 0; round < 2; round += 1) {
      await expect(run.live.search({ text: 'llama' }, {})).rejects.toThrow('Cannot read')
      await run.settle()
    }
    expect(hub.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined])
  })

  test('keeps no whole answers where a token is set and nobody knows whose', async () => {
    await using hub = await startLocalHub((_, response) => json(response, row, 200, { etag: 'W/"1"' }))
    await using run = await openRun(hub, { account: undefined })
    await run.live.search({ text: 'llama' }, {})
    await run.settle()
    await run.live.search({ text: 'llama' }, {})
    expect(hub.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined])
    expect((await run.kept.search({ text: 'llama' }, {})).records).toHaveLength(1)
  })

  test('answers all the same where the store fails, and says why nothing was kept', async () => {
    await using hub = await startLocalHub((_, response) => json(response, row, 200, { etag: 'W/"1"' }))
    await using run = await openRun(hub)
    await run.store[Symbol.asyncDispose]()
    expect((await run.live.search({ text: 'llama' }, {})).records).toHaveLength(1)
    await run.settle()
    expect(run.failure?.message).toContain('closed')
  })
})

const ENDPOINT = 'https://hub.test'

interface Run extends RememberingSources, AsyncDisposable {
  readonly failure: Error | undefined
  readonly store: Store
  setNow(now: Date): void
  /** Waits until all is kept. */
  settle(): Promise<void>
}

async function openRun(hub: LocalHub, options: { folder?: string; account?: string | undefined } = {}): Promise<Run> {
  let now = seenAt
  const account = 'account' in options ? options.account : ''
  const store = await openStore({ folder: options.folder, now: () => now })
  const client = new HubClient(hub.settings())
  const backlog = new Backlog()
  const sources = rememberingSources({
    sender: client,
    live: store.live,
    backlog,
    endpoint: ENDPOINT,
    account,
    now: () => now,
  })
  return {
    store,
    kept: sources.kept,
    live: sources.live,
    asking: sources.asking,
    get failure() {
      return backlog.failure
    },
    setNow: (moment) => (now = moment),
    settle: () => backlog[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await backlog[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await client[Symbol.asyncDispose]()
    },
  }
}

async function last(states: AsyncIterable<SearchState>): Promise<SearchState> {
  let state: SearchState | undefined
  for await (state of states);
  if (state === undefined) throw new Error('there was no state')
  return state
}

function asOfAll(records: readonly ModelRecord[]): (string | undefined)[] {
  return records.map(recordAsOf)
}

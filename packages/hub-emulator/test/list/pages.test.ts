import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listSorts } from '../../src/list/order.ts'
import { type HubEmulator, type ModelSpec, startHubEmulator } from '../../src/start.ts'
import { ask, rowsOf } from '../ask.ts'

const unlimited = { quotas: { api: 1_000_000 } }

/** Models with equal and with missing values, which a key-set cursor must not stumble over. */
const laid: readonly ModelSpec[] = Array.from({ length: 60 }, (_, index) => ({
  id: `hand/m${index}`,
  downloads: index % 3,
  likes: 40 + (index % 2),
  trendingScore: index % 5,
  createdAt: new Date(Date.UTC(2023, 0, 1 + (index % 4))).toISOString(),
  ...(index % 4 === 0 ? {} : { params: 1e9 * (index % 7) }),
  gated: index % 2 === 0 ? false : 'auto',
}))

type Row = Readonly<Record<string, unknown>>

/** All rows of a list, page by page, as a client walks it. */
async function walk(hub: HubEmulator, query: string): Promise<{ readonly rows: Row[]; readonly pages: number }> {
  const rows: Row[] = []
  let pages = 0
  for (let url: string | undefined = `${hub.endpoint}/api/models?${query}`; url !== undefined; pages += 1) {
    const reply = await ask(url)
    expect(reply.status).toBe(200)
    rows.push(...rowsOf(reply))
    url = /^<([^>]+)>; rel="next"$/.exec(reply.headers['link'] ?? '')?.[1]
  }
  return { rows, pages }
}

function valueOf(row: Row, sort: string): number | string {
  const total = (row['safetensors'] as { total?: number } | undefined)?.total
  if (sort === 'num_parameters' || sort === 'mainSize') return total ?? -1
  const value = row[sort === 'likes30d' ? 'likes' : sort]
  return (sort === 'createdAt' || sort === 'lastModified' ? Date.parse(String(value)) : value) as number | string
}

const fields = ['downloads', 'likes', 'trendingScore', 'createdAt', 'lastModified', 'safetensors', 'gguf']
  .map((name) => `expand=${name}`)
  .join('&')

describe('list pages', () => {
  test.each(listSorts.flatMap((sort) => [sort, `${sort}&direction=-1`, `${sort}&direction=1`]))(
    'are complete, in order and without a model twice: sort=%s',
    async (sort) => {
      await using hub = await startHubEmulator({
        models: laid,
        syntheticModels: 240,
        wellKnown: false,
        rateLimits: unlimited,
      })
      const { rows, pages } = await walk(hub, `limit=37&sort=${sort}&${fields}`)
      expect(pages).toBe(Math.ceil(300 / 37))
      expect(new Set(rows.map(({ id }) => id)).size).toBe(300)
      expect(rows).toHaveLength(300)
      const name = sort.split('&')[0] ?? ''
      const isDescending = sort.includes('direction') ? sort.endsWith('-1') : name !== 'id'
      // A GGUF model shows no safetensors total, and so cannot be looked at by its parameters.
      const seen = rows.filter(({ gguf }) => !(gguf && ['num_parameters', 'mainSize'].includes(name)))
      const values = seen.map((row) => valueOf(row, name))
      const sorted = values.toSorted((a, b) => (a === b ? 0 : a < b === isDescending ? 1 : -1))
      expect(values).toEqual(sorted)
    },
  )

  test('stay so at any page size, with any filter, and whatever little of the rows is looked at for one page', async () => {
    const filters = [
      '',
      'gated=true',
      'search=LLAMA',
      'filter=gguf',
      'author=lab-0000',
      'author=hand',
      'pipeline_tag=text-to-image',
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...listSorts),
        fc.constantFrom(...filters),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 200 }),
        async (sort, filter, limit, scanRows) => {
          const setup = { models: laid, syntheticModels: 150, wellKnown: false, rateLimits: unlimited } as const
          await using hub = await startHubEmulator({ ...setup, scanRows })
          await using whole = await startHubEmulator({ ...setup, syntheticModels: 150 })
          const paged = await walk(hub, `limit=${limit}&sort=${sort}&${filter}`)
          const atOnce = await walk(whole, `limit=1000&sort=${sort}&${filter}`)
          expect(atOnce.pages).toBe(1)
          expect(paged.rows.map(({ id }) => id)).toEqual(atOnce.rows.map(({ id }) => id))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('go on past a model that was deleted, and show one again whose value changed', async () => {
    await using hub = await startHubEmulator({ syntheticModels: 50, wellKnown: false })
    const first = await ask(`${hub.endpoint}/api/models?limit=10&sort=downloads`)
    const ids = rowsOf(first).map(({ id }) => String(id))
    hub.admin.deleteModel({ model: ids.at(-1) ?? '' })
    hub.admin.setFigures({ model: ids[0] ?? '', downloads: 0 })
    const next = /<([^>]+)>/.exec(first.headers['link'] ?? '')?.[1] ?? ''
    const { rows } = await walk(hub, next.slice(next.indexOf('?') + 1))
    expect(rows).toHaveLength(41)
    expect(rows.at(-1)?.['id']).toBe(ids[0])
  })

  test('find one model among three millions, and say where to go on meanwhile', async () => {
    await using hub = await startHubEmulator({ syntheticModels: 3_000_000, wellKnown: false })
    const head = await ask(`${hub.endpoint}/api/models?limit=1000&sort=downloads`)
    expect(rowsOf(head)).toHaveLength(1000)
    const rare = await ask(`${hub.endpoint}/api/models?limit=5&sort=downloads&search=no-such-thing`)
    expect(rowsOf(rare)).toEqual([])
    expect(rare.headers['link']).toContain('cursor=')
    const author = await ask(`${hub.endpoint}/api/models?author=lab-2999&limit=1000`)
    expect(rowsOf(author)).toHaveLength(1000)
    expect(author.headers['link']).toBeUndefined()
  })
})

describe('list filters', () => {
  const all = ['tags', 'gated', 'pipeline_tag', 'author', 'downloads', 'safetensors', 'gguf']
    .map((name) => `expand=${name}`)
    .join('&')
  test.each<[string, (row: Row) => boolean]>([
    ['search=QWEN', ({ id }) => String(id).includes('qwen')],
    ['author=lab-0001', ({ id }) => String(id).startsWith('lab-0001/')],
    ['author=hand', ({ id }) => String(id).startsWith('hand/')],
    ['filter=gguf', (row) => tags(row).includes('gguf')],
    ['filter=gguf&filter=license:mit', (row) => tags(row).includes('gguf') && tags(row).includes('license:mit')],
    ['filter=gguf,license:mit', (row) => tags(row).includes('gguf') && tags(row).includes('license:mit')],
    ['pipeline_tag=feature-extraction', (row) => row['pipeline_tag'] === 'feature-extraction'],
    ['gated=true', ({ gated }) => gated !== false],
    ['gated=false', ({ gated }) => gated === false],
    ['apps=llama.cpp,none', (row) => tags(row).includes('gguf')],
    ['num_parameters=min:1B,max:6B', (row) => within(row, 1e9, 6e9)],
    ['num_parameters=max:2.5B', (row) => within(row, 0, 2.5e9)],
    [
      'num_parameters=min:900M&gated=true&search=llama',
      (row) => within(row, 9e8, Infinity) && row['gated'] !== false && String(row['id']).includes('llama'),
    ],
    ['inference=warm', () => false],
    ['library=timm&nonsense=1', () => true],
  ])('%s gives those and only those', async (query, isWanted) => {
    await using hub = await startHubEmulator({
      models: laid,
      syntheticModels: 1500,
      wellKnown: false,
      rateLimits: unlimited,
    })
    const everything = (await walk(hub, `limit=1000&${all}`)).rows
    const found = (await walk(hub, `limit=100&${query}&${all}`)).rows
    expect(everything).toHaveLength(1560)
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(everything.filter(isWanted).map(({ id }) => id)))
    if (!query.startsWith('inference')) expect(found.length).toBeGreaterThan(0)
  })
})

function within(row: Row, min: number, max: number): boolean {
  const total = ((row['safetensors'] ?? row['gguf']) as { total?: number } | undefined)?.total
  return total !== undefined && total >= min && total <= max
}

function tags(row: Row): string[] {
  return row['tags'] as string[]
}

import { expect, test } from 'vitest'
import { liveSource } from '../../src/catalog/live-source.ts'
import { HubClient } from '../../src/hub/client.ts'
import { json, type LocalHub, startLocalHub } from '../hub/local-hub.ts'

/** A Hub with 30 models that gives a few a page, however many it is asked for. */
function startSmallPages(pageSize: number): Promise<LocalHub> {
  return startLocalHub((request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    const start = Number(url.searchParams.get('cursor') ?? 0)
    const rows = Array.from({ length: 30 }, (_, index) => ({ id: `acme/m${index}`, gated: false }))
    url.searchParams.set('cursor', String(start + pageSize))
    const link = start + pageSize < rows.length ? { link: `<${url.href}>; rel="next"` } : undefined
    json(response, rows.slice(start, start + pageSize), 200, link)
  })
}

test.each([
  ['asks once where a page holds what is wanted', 20, 20, 1, false],
  ['asks once more where pages are smaller', 15, 30, 2, true],
  ['and never a third time', 7, 14, 2, false],
])('liveSource() %s', async (_, pageSize, rows, calls, isComplete) => {
  await using hub = await startSmallPages(pageSize)
  await using client = new HubClient(hub.settings())
  const found = await liveSource(client).search({ text: 'acme', limit: pageSize === 20 ? 20 : 30 }, {})
  expect(found).toMatchObject({ isComplete })
  expect(found.records).toHaveLength(rows)
  expect(hub.requests).toHaveLength(calls)
})

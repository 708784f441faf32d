import { describe, expect, test } from 'vitest'
import { HubClient } from '../../src/hub/client.ts'
import { listModels } from '../../src/hub/list-models.ts'
import { json, startLocalHub } from './local-hub.ts'

describe('listModels()', () => {
  test('gives the page before it refuses a link that leads to another place', async () => {
    await using hub = await startLocalHub((_, response) =>
      json(response, [{ id: 'a/b' }], 200, { link: '<http://127.0.0.1:1/api/models?cursor=2>; rel="next"' }),
    )
    await using client = new HubClient(hub.settings())
    const pages = listModels(client, {})
    expect((await pages.next()).value).toMatchObject({ models: [{ id: 'a/b' }], nextCursor: undefined })
    await expect(pages.next()).rejects.toThrow(/next page/)

    const enough = listModels(client, { limit: 1 })
    await enough.next()
    expect(await enough.next()).toEqual({ done: true, value: undefined })
  })
})

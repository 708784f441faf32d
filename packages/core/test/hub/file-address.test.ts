import { expect, test } from 'vitest'
import { HubClient } from '../../src/hub/client.ts'
import { FileAddress } from '../../src/hub/file-address.ts'
import { startFileHub } from './file-hub.ts'

const file = { modelId: 'org/name', path: 'model.bin' }

test('FileAddress asks once for all who want it at once, and once more for all who found it stale', async () => {
  await using server = await startFileHub(Buffer.alloc(1000))
  await using client = new HubClient(server.settings())
  const address = new FileAddress(client, file)
  const found = await Promise.all(Array.from({ length: 8 }, () => address.get()))
  expect(server.hub.requests).toHaveLength(1)
  const renewed = await Promise.all(found.map((stale) => address.renew(stale)))
  expect(new Set(renewed.map(({ downloadUrl }) => downloadUrl.searchParams.get('n')))).toEqual(new Set(['2']))
  expect(server.hub.requests).toHaveLength(2)
})

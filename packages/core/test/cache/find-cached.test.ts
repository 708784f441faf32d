import { expect, test } from 'vitest'
import { findCached } from '../../src/cache/find-cached.ts'
import { type CacheScan, scanCache } from '../../src/cache/scan-cache.ts'
import { writeExample } from './example-cache.ts'
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts'

const one = '1'.repeat(40)
const two = `1${'2'.repeat(39)}`

async function example(hub: TemporaryFolder): Promise<CacheScan> {
  const revisions = [
    { commitHash: one, refs: ['v1'], files: { a: '1' } },
    { commitHash: two, refs: ['main', 'refs/pr/1'], files: { a: '2' } },
  ]
  await writeExample({ hubCache: hub.path, repoId: 'Acme/Tiny-8B' }, ...revisions)
  await writeExample({ hubCache: hub.path, repoId: 'acme/set', repoType: 'dataset' }, revisions[0]!)
  return scanCache(hub.path)
}

test.each([
  ['acme/tiny-8b', 'Acme/Tiny-8B', undefined],
  ['model/Acme/Tiny-8B', 'Acme/Tiny-8B', undefined],
  ['Acme/Tiny-8B@main', 'Acme/Tiny-8B', two],
  ['Acme/Tiny-8B@refs/pr/1', 'Acme/Tiny-8B', two],
  [`Acme/Tiny-8B@${one.slice(0, 8)}`, 'Acme/Tiny-8B', one],
  ['dataset/acme/set', 'acme/set', undefined],
  ['datasets/acme/set@v1', 'acme/set', one],
])('findCached() understands %s', async (text, id, commitHash) => {
  await using hub = await createTemporaryFolder()
  const { repo, revision } = findCached(await example(hub), text)
  expect([repo.id, revision?.commitHash]).toEqual([id, commitHash])
})

test.each([
  ['acme/set', ['acme/set']],
  ['other/tiny-8b', ['Acme/Tiny-8B']],
  ['nothing/here', []],
  [
    'Acme/Tiny-8B@v2',
    ['Acme/Tiny-8B@v1', `Acme/Tiny-8B@${one}`, 'Acme/Tiny-8B@main', 'Acme/Tiny-8B@refs/pr/1', `Acme/Tiny-8B@${two}`],
  ],
])('findCached() says what there is in place of %s', async (text, available) => {
  await using hub = await createTemporaryFolder()
  const scan = await example(hub)
  expect(() => findCached(scan, text)).toThrow(
    expect.objectContaining({ code: 'ERR_NOT_CACHED', details: { wanted: text, available } }),
  )
})

test('findCached() takes no commit that could be two', async () => {
  await using hub = await createTemporaryFolder()
  const scan = await example(hub)
  expect(() => findCached(scan, 'Acme/Tiny-8B@1')).toThrow(expect.objectContaining({ code: 'ERR_NOT_CACHED' }))
})

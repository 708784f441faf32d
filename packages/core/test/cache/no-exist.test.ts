import { expect, test } from 'vitest'
import { isKnownMissing, markMissing } from '../../src/cache/no-exist.ts'
import { openRepoCache } from '../../src/cache/repo-cache.ts'
import { commit, repoId } from './store-file.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

test('markMissing() is remembered, by commit and path', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  expect(await isKnownMissing(cache.folder, commit, 'a/b.json')).toBe(false)
  await markMissing(cache.folder, commit, 'a/b.json')
  await markMissing(cache.folder, commit, 'a/b.json')
  expect(await isKnownMissing(cache.folder, commit, 'a/b.json')).toBe(true)
  expect(await isKnownMissing(cache.folder, commit, 'a')).toBe(false)
})

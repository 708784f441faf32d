import { rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { downloadSnapshot } from '@hubgate/core/download'
import { expect, test } from 'vitest'
import { stageDownload } from '../../packages/core/test/download/stage.ts'
import { judgeCache, truthOf } from '../fault-matrix/judge-cache.ts'
import { smallRepo } from '../fault-matrix/small-repo.ts'
import { goThrough } from '../fault-matrix/trouble.ts'
import { troubles } from '../fault-matrix/troubles.ts'

/** Named in the title, so that a failing run can be run again. */
const SEED = Number(process.env['HUBGATE_SEED'] ?? Date.now() % 1e9)

// The long form runs in CI: `npm run faults`.
test.concurrent.for(troubles)(
  `no wrong byte under a true name, nothing left over, little fetched again: $title (seed ${SEED})`,
  async (trouble, { skip }) => {
    const { problems, caseCount, obstacle } = await goThrough(trouble, { count: trouble.shortCount, seed: SEED })
    if (obstacle !== undefined) skip(obstacle)
    expect(problems).toEqual([])
    expect(caseCount).toBeGreaterThan(0)
  },
)

test('judgeCache() sees what is false', async () => {
  await using stage = await stageDownload(smallRepo)
  const truth = await truthOf(smallRepo)
  const { path: snapshot } = await downloadSnapshot('acme/tiny', stage.options({ choice: { all: true } }))
  const judge = (isComplete: boolean): Promise<string[]> => judgeCache(stage.hubCache, truth, { isComplete })
  expect(await judge(true)).toEqual([])
  const repo = path.join(stage.hubCache, 'models--acme--tiny')
  await writeFile(path.join(repo, 'blobs', `${'0'.repeat(64)}.hubgate.incomplete`), '')
  await rm(path.join(snapshot, 'empty.txt'))
  expect(await judge(false)).toEqual([])
  expect(await judge(true)).toHaveLength(2)
  await writeFile(path.join(snapshot, 'config.json'), '{"a":2}')
  await symlink('../../blobs/nothing', path.join(snapshot, 'more.json'))
  await writeFile(path.join(repo, 'refs', 'other'), '0'.repeat(40))
  const told = (await judge(false)).join('\n')
  for (const part of ['under blobs/', 'under config.json', 'more.json leads to nothing', 'refs/other leads to no'])
    expect(told).toContain(part)
})

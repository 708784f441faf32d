import process from 'node:process'
import { expect, test } from 'vitest'
import { goThrough } from '../fault-matrix/trouble.ts'
import { troubles } from '../fault-matrix/troubles.ts'

/** Named in the title, so that a failing run can be run again. */
const SEED = Number(process.env['HUBGATE_SEED'] ?? Date.now() % 1e9)

// The long form runs in CI: `npm run faults`.
test.concurrent.each(troubles)(
  `no wrong byte under a true name, nothing left over, little fetched again: $title (seed ${SEED})`,
  async (trouble) => {
    const { problems, caseCount, obstacle } = await goThrough(trouble, { count: trouble.shortCount, seed: SEED })
    expect(problems).toEqual([])
    expect(caseCount).toBeGreaterThan(obstacle === undefined ? 0 : -1)
  },
)

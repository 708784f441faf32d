// `npm run faults [-- WORD ...]`: every trouble a download can meet; with words, only rows that have one of them in their title.
// The whole matrix is kept in table.md.
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { tableOf } from './table.ts'
import { goThrough, type Trouble, type TroubleResult } from './trouble.ts'
import { troubles } from './troubles.ts'

const seed = Number(process.env['HUBGATE_SEED'] ?? Date.now() % 1e9)
const words = process.argv.slice(2)
const wanted = troubles.filter(({ title }) => words.length === 0 || words.some((word) => title.includes(word)))
const results = new Map<Trouble, TroubleResult>()
const begunMs = performance.now()

process.stdout.write(`seed ${seed}; HUBGATE_SEED=${seed} does the same again\n`)
const queue = wanted.values()
await Promise.all([work(), work()])
const inOrder = wanted.flatMap((trouble) => results.get(trouble) ?? [])
const table = tableOf(inOrder, { seed, seconds: (performance.now() - begunMs) / 1000 })
process.stdout.write(`\n${table}`)
if (words.length === 0) writeFileSync(new URL('table.md', import.meta.url), table)
process.exitCode = inOrder.some(({ problems }) => problems.length > 0) ? 1 : 0

/** Two rows at a time: while one waits for a network that is away the other has the machine. */
async function work(): Promise<void> {
  for (const trouble of queue) {
    const result = await goThrough(trouble, { count: trouble.count, seed })
    results.set(trouble, result)
    process.stdout.write(`${result.title}: ${result.caseCount} cases in ${result.seconds.toFixed(0)} s\n`)
    for (const problem of result.problems) process.stdout.write(`  FAILED ${problem}\n`)
    if (result.obstacle !== undefined) process.stdout.write(`  skipped: ${result.obstacle}\n`)
  }
}

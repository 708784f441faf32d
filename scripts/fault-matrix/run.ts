// `npm run faults [-- WORD ...]`: every trouble a download can meet; with words, only rows that have one of them in their title.
// The whole matrix is kept in table.md.
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { tableOf } from './table.ts'
import { goThrough, type TroubleResult } from './trouble.ts'
import { troubles } from './troubles.ts'

const seed = Number(process.env['HUBGATE_SEED'] ?? Date.now() % 1e9)
const words = process.argv.slice(2)
const results: TroubleResult[] = []

process.stdout.write(`seed ${seed}; HUBGATE_SEED=${seed} does the same again\n`)
for (const trouble of troubles) {
  if (words.length > 0 && !words.some((word) => trouble.title.includes(word))) continue
  const result = await goThrough(trouble, { count: trouble.count, seed })
  results.push(result)
  process.stdout.write(`${result.title}: ${result.caseCount} cases in ${result.seconds.toFixed(0)} s\n`)
  for (const problem of result.problems) process.stdout.write(`  FAILED ${problem}\n`)
  if (result.obstacle !== undefined) process.stdout.write(`  skipped: ${result.obstacle}\n`)
}
const table = tableOf(results, seed)
process.stdout.write(`\n${table}`)
if (words.length === 0) writeFileSync(new URL('table.md', import.meta.url), table)
process.exitCode = results.some(({ problems }) => problems.length > 0) ? 1 : 0

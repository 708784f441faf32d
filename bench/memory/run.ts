// `npm run bench:memory -- ROWS.json`: predicted against measured memory for every row of a file of measured cases. The file is no
// part of this repository; what is kept here is our own comparison with it.
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { type ComparedRow, compareRow, comparisonsOf } from './compare.ts'
import { rowsTable, type Spread, spreads, spreadTable } from './report.ts'
import { readRows } from './rows.ts'

process.stdout.on('error', () => process.exit())
const file = process.argv[2]
if (file === undefined)
  process.stdout.write('skipped: name the file of measured rows (npm run bench:memory -- rows.json)\n')
else compareAll(readRows(file).map(compareRow))

function compareAll(rows: readonly ComparedRow[]): void {
  const [alone, sized] = [comparisonsOf(rows, 'predicted'), comparisonsOf(rows, 'withFileSizes')]
  const totals = alone.filter(({ term }) => term === 'total')
  const tables: Readonly<Record<string, readonly Spread[]>> = {
    'term, from the config alone': spreads(alone, ({ term }) => term),
    'term, with file sizes': spreads(sized, ({ term }) => term),
    'total by engine': spreads(totals, ({ row }) => row.engine),
    'all terms by architecture': spreads(alone, ({ row }) => row.architecture),
    'all terms by quantization': spreads(alone, ({ row }) => row.quantization),
  }
  for (const [title, table] of Object.entries(tables)) process.stdout.write(`\n${spreadTable(title, table)}\n`)
  process.stdout.write(`\n${rowsTable(rows, alone)}\n`)
  const judged = rows.filter(({ isInBand }) => isInBand !== undefined)
  const inBand = judged.filter(({ isInBand }) => isInBand === true).length
  process.stdout.write(`\n${rows.length} rows; ${inBand} of ${judged.length} measured totals lie in the error band\n`)
  keep(rows, tables, inBand, judged.length)
}

function keep(
  rows: readonly ComparedRow[],
  tables: Readonly<Record<string, readonly Spread[]>>,
  inBand: number,
  judged: number,
): void {
  const date = new Date().toISOString().slice(0, 10)
  const head = JSON.stringify({ date, inBand, judged, tables }, undefined, 1).replace(/\n\}$/, '')
  // A row a line: a change then shows as that row's line.
  const kept = `${head},\n "rows": [\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n ]\n}\n`
  writeFileSync(new URL('result.json', import.meta.url), kept)
  writeFileSync(new URL('results.md', import.meta.url), markdown(rows, tables, inBand, judged, date))
}

function markdown(
  rows: readonly ComparedRow[],
  tables: Readonly<Record<string, readonly Spread[]>>,
  inBand: number,
  judged: number,
  date: string,
): string {
  const spreadsText = Object.entries(tables).map(([title, table]) => spreadTable(title, table))
  return [
    `# Memory: predicted against measured (${date})`,
    `Made by \`npm run bench:memory\`. ${rows.length} measured rows; ${inBand} of ${judged} measured totals lie in the error band. Errors are relative to the measured figure.`,
    ...spreadsText,
    '## Every row, from the config alone',
    rowsTable(rows, comparisonsOf(rows, 'predicted')),
    '',
  ].join('\n\n')
}

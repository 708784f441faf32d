// `npm run bench:memory -- ROWS.json`: predicted against measured memory for every row of a file of measured cases. The file is no
// part of this repository; what is kept here is our own comparison with it.
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { type ComparedRow, compareRow, comparisonsOf } from './compare.ts'
import { rowsTable, type Spread, spreads, spreadTable } from './report.ts'
import { readRows } from './rows.ts'
import { compareListRows } from './rows-of-a-list.ts'

/** What is printed and kept. */
interface Report {
  readonly date: string
  readonly summary: readonly string[]
  readonly tables: Readonly<Record<string, readonly Spread[]>>
  readonly rows: readonly ComparedRow[]
}

process.stdout.on('error', () => process.exit())
const file = process.argv[2]
if (file === undefined)
  process.stdout.write('skipped: name the file of measured rows (npm run bench:memory -- rows.json)\n')
else {
  const report = reportOn(readRows(file).map(compareRow))
  const text = markdown(report)
  process.stdout.write(text)
  writeFileSync(new URL('results.md', import.meta.url), text)
  writeFileSync(new URL('result.json', import.meta.url), json(report))
}

function reportOn(rows: readonly ComparedRow[]): Report {
  const [alone, sized] = [comparisonsOf(rows, 'predicted'), comparisonsOf(rows, 'withFileSizes')]
  const totals = alone.filter(({ term }) => term === 'total')
  return {
    date: new Date().toISOString().slice(0, 10),
    summary: [bandSummary(rows), listSummary()],
    tables: {
      'term, from the config alone': spreads(alone, ({ term }) => term),
      'term, with file sizes': spreads(sized, ({ term }) => term),
      'total by engine': spreads(totals, ({ row }) => row.engine),
      'all terms by architecture': spreads(alone, ({ row }) => row.architecture),
      'all terms by quantization': spreads(alone, ({ row }) => row.quantization),
    },
    rows,
  }
}

function bandSummary(rows: readonly ComparedRow[]): string {
  const judged = rows.filter(({ isInBand }) => isInBand !== undefined)
  const inBand = judged.filter(({ isInBand }) => isInBand === true)
  return `${rows.length} measured rows; ${inBand.length} of ${judged.length} measured totals lie in the error band.`
}

/** The figure for list rows, against the curated models whose files are known. */
function listSummary(): string {
  const rows = compareListRows().toSorted((a, b) => Math.abs(a.error) - Math.abs(b.error))
  const at = (share: number): string =>
    `${(Math.abs(rows[Math.floor(share * rows.length)]?.error ?? 0) * 100).toFixed(1)} %`
  const outside = rows.filter(({ isInBand }) => !isInBand).map(({ id }) => id)
  return `From list rows alone, ${rows.length} curated models with known files: median ${at(0.5)}, 75th percentile ${at(0.75)}, 90th ${at(0.9)}; outside of the band ${outside.length}: ${outside.join(', ')}.`
}

function json({ rows, ...head }: Report): string {
  // A row a line: a change then shows as that row's line.
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')
  return `${JSON.stringify(head, undefined, 1).replace(/\n\}$/, '')},\n "rows": [\n${lines}\n ]\n}\n`
}

function markdown({ date, summary, tables, rows }: Report): string {
  return [
    `# Memory: predicted against measured (${date})`,
    'Made by `npm run bench:memory`. Errors are relative to the measured figure.',
    ...summary,
    ...Object.entries(tables).map(([title, table]) => spreadTable(title, table)),
    '## Every row, from the config alone',
    rowsTable(rows, comparisonsOf(rows, 'predicted')),
    '',
  ].join('\n\n')
}

// `npm run predict:memory -- ROWS.json [--with-file-sizes]`: what Hubgate says about each row of a file of measured cases, as JSON
// lines `{ id, predicted: { …the keys of measured… } }`. Only the rows' model facts and run settings are used; with file sizes, also
// the sum of a GGUF file's tensors where a row has it.
import process from 'node:process'
import { predictRow } from './predict-row.ts'
import { type Figures, type MeasuredRow, readRows } from './rows.ts'

const file = process.argv.slice(2).find((word) => !word.startsWith('--'))
if (file === undefined) {
  process.stderr.write('Cannot predict: name the file of measured rows\nhint: npm run predict:memory -- rows.json\n')
  process.exitCode = 2
} else {
  const withFileSizes = process.argv.includes('--with-file-sizes')
  process.stdout.on('error', () => process.exit())
  for (const row of readRows(file))
    process.stdout.write(`${JSON.stringify({ id: row.id, ...answer(row, withFileSizes) })}\n`)
}

/** A row whose facts tell no size gets an empty answer and the reason, and the next row its turn. */
function answer(row: MeasuredRow, withFileSizes: boolean): { predicted: Figures; reason?: string } {
  try {
    return { predicted: predictRow(row, withFileSizes) }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    return { predicted: {}, reason: error.message }
  }
}

import type { Context } from '../context.ts'
import { createPaint } from './paint.ts'
import { type Column, renderTable } from './table.ts'

/** Lines of data. */
export function printLines({ out }: Pick<Context, 'out'>, lines: readonly string[]): void {
  out.write(lines.map((line) => `${line}\n`).join(''))
}

/** A table as wide as there is room. */
export function printTable<Row>(
  context: Pick<Context, 'out'>,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  const { out } = context
  const paint = createPaint(out.color)
  printLines(
    context,
    renderTable(columns, rows, out.width, (title) => paint(title, 'bold')),
  )
}

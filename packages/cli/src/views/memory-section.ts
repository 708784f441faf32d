import { contextLabel } from '@hubgate/core/catalog'
import type { NeedTable } from '@hubgate/core/fit'
import { basisText } from './basis-text.ts'
import type { Paint } from './paint.ts'
import { formatGib } from './quantities.ts'
import { type Column, renderTable } from './table.ts'
import { besideHead } from './wrap.ts'

/** What a model needs in each format and at each context, whatever the hardware. */
export function renderMemorySection(
  { contexts, rows, basis }: NeedTable,
  id: string,
  width: number,
  paint: Paint,
): string[] {
  type Row = NeedTable['rows'][number]
  const columns: Column<Row>[] = [
    { title: 'MEMORY', cell: ({ quantization }) => quantization },
    ...contexts.map(
      (tokens, index): Column<Row> => ({
        title: `at ${contextLabel(tokens)}`,
        align: 'right',
        priority: 9 - index,
        cell: ({ totals }) => gibCell(totals[index]),
      }),
    ),
  ]
  return [
    ...renderTable(columns, rows, width - 2, (title) => paint(title, 'bold')).map((line) => `  ${line}`),
    ...besideHead(
      '  ',
      `GiB for one sequence, ${basisText(basis)}; on your hardware: hubgate fit ${id}`,
      width,
      (part) => paint(part, 'dim'),
    ),
  ]
}

function gibCell(bytes: number | undefined): string {
  return bytes === undefined ? '?' : formatGib(bytes)
}

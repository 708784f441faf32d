import { contextLabel } from '@hubgate/core/catalog'
import type { NeedTable } from '@hubgate/core/fit'
import { basisText } from './basis-text.ts'
import type { Paint } from './paint.ts'
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
        cell: ({ totals }) => gib(totals[index]),
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

function gib(bytes: number | undefined): string {
  if (bytes === undefined) return '?'
  const value = bytes / 1024 ** 3
  return value >= 99.95 ? String(Math.round(value)) : value.toFixed(1)
}

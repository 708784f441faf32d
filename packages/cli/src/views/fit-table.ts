import { contextLabel } from '@hubgate/core/catalog'
import { type FitFacts, type FitTable, holderOf, type Trial } from '@hubgate/core/fit'
import type { Paint } from './paint.ts'
import { formatGib } from './quantities.ts'
import { type Column, renderTable } from './table.ts'

const marks = { fits: '✓', tight: '~', no: '✗' } as const
const tones = { fits: 'green', tight: 'yellow', no: 'red' } as const

/** GiB on each GPU for every format and context, with a mark and a colour for whether it fits. */
export function renderFitTable(table: FitTable, facts: FitFacts, width: number, paint: Paint): string[] {
  type Row = FitTable['rows'][number]
  const columns: Column<Row>[] = [
    { title: 'FORMAT', cell: ({ quantization }) => quantization, priority: 99 },
    ...table.contexts.map(
      (tokens, index): Column<Row> => ({
        title: contextLabel(tokens),
        align: 'right',
        priority: 98 - index,
        cell: ({ trials }) => cellOf(trials[index]),
        paint: (text, { trials }) => paint(text, tones[trials[index]?.level ?? 'no']),
      }),
    ),
    {
      title: 'REPOSITORY',
      cell: ({ quantization }) => holderOf(facts, quantization) ?? '',
      paint: (text) => paint(text, 'dim'),
    },
  ]
  return renderTable(columns, table.rows, width, (title) => paint(title, 'bold'))
}

function cellOf(trial: Trial | undefined): string {
  return trial === undefined ? '' : `${formatGib(trial.needBytes)} ${marks[trial.level]}`
}

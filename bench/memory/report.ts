import type { ComparedRow, Comparison } from './compare.ts'

/** Errors of one group of comparisons, all absolute. */
export interface Spread {
  readonly group: string
  readonly rows: number
  readonly medianPercent: number
  readonly p90Percent: number
  readonly maxPercent: number
  readonly worst: string
}

/** Spreads by whatever `by` says, largest group first. */
export function spreads(comparisons: readonly Comparison[], by: (comparison: Comparison) => string): Spread[] {
  return [...Map.groupBy(comparisons, by)]
    .map(([group, members]) => spreadOf(group, members))
    .toSorted((a, b) => b.rows - a.rows || (a.group < b.group ? -1 : 1))
}

function spreadOf(group: string, members: readonly Comparison[]): Spread {
  const sorted = members.toSorted((a, b) => Math.abs(a.error) - Math.abs(b.error))
  const at = (share: number): number =>
    percent(Math.abs(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.error ?? 0))
  const last = sorted.at(-1)
  return {
    group,
    rows: members.length,
    medianPercent: at(0.5),
    p90Percent: at(0.9),
    maxPercent: at(1),
    worst: last === undefined ? '' : `${last.row.id} (${signed(last.error)})`,
  }
}

function percent(error: number): number {
  return Math.round(error * 10_000) / 100
}

export function signed(error: number): string {
  return `${error >= 0 ? '+' : ''}${(error * 100).toFixed(1)} %`
}

/** The table of all rows, as Markdown. */
export function rowsTable(rows: readonly ComparedRow[], comparisons: readonly Comparison[]): string {
  const byRow = Map.groupBy(comparisons, ({ row }) => row.id)
  const lines = rows.map((row) => {
    const cells = (byRow.get(row.id) ?? []).map(({ term, error }) => `${term} ${signed(error)}`)
    return `| ${row.id} | ${row.engine} | ${row.quantization} | ${cells.join('; ')} | ${row.isInBand === undefined ? '' : row.isInBand ? 'yes' : 'no'} |`
  })
  return ['| row | engine | quantization | error | total in band |', '|---|---|---|---|---|', ...lines].join('\n')
}

export function spreadTable(title: string, rows: readonly Spread[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.group} | ${row.rows} | ${row.medianPercent} % | ${row.p90Percent} % | ${row.maxPercent} % | ${row.worst} |`,
  )
  return [
    `| ${title} | rows | median | 90th percentile | max | worst |`,
    '|---|---:|---:|---:|---:|---|',
    ...lines,
  ].join('\n')
}

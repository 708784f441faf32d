import { gateMark } from '@hubgate/core/access'
import { factOf, formatSuggestionLine, type ModelRecord, memoryOf, toModelJson } from '@hubgate/core/catalog'
import stringWidth from 'fast-string-width'
import type { Context } from '../context.ts'
import type { ListStyle } from '../options.ts'
import type { AccessByModel } from '../row-access.ts'
import { jsonLine, jsonPage } from './json.ts'
import { renderMarkdown } from './markdown.ts'
import { type ExtraColumns, modelColumns } from './model-table.ts'
import { createPaint } from './paint.ts'
import { describeRowFit, type FitOf } from './row-fit.ts'
import { renderTable } from './table.ts'

export type ListFormat = ListStyle | 'json' | 'jsonl' | 'markdown'

export interface ListOptions {
  /** Rows in all: what a pipe has carried away counts. */
  readonly limit: number
  /** How each row fits, where that was asked. */
  readonly fitOf?: FitOf | undefined
}

export interface ListWriter {
  /**
   * Shows these records; `isPartial` says that more may come. Called at least once with `isPartial` false.
   * @param access what is known of it; without it, tables have no such column
   */
  update(records: readonly ModelRecord[], isPartial: boolean, access?: AccessByModel): void
  /** What people should know of what was printed, a line each. */
  readonly notices: readonly string[]
}

/**
 * Prints a list that may still grow. A terminal is drawn over once the rest has come. A pipe gets whole answers: people read
 * their rows at once in any case, machines (JSON, Markdown) wait for the last word.
 */
export function createListWriter(context: Context, format: ListFormat, options: ListOptions): ListWriter {
  const render: Render = (records, access) => renderList(context, format, records, { access, fitOf: options.fitOf })
  if (format === 'json' || format === 'jsonl' || format === 'markdown') return writeOnce(context, render)
  return context.out.canRedraw
    ? writeOver(context, render)
    : writeOn(context, render, { limit: options.limit, headerLines: format === 'table' ? 1 : 0 })
}

type Render = (records: readonly ModelRecord[], access: AccessByModel | undefined) => string[]

function writeOnce({ out }: Context, render: Render): ListWriter {
  return {
    update(records, isPartial, access) {
      if (!isPartial) out.write(joinLines(render(records, access)))
    },
    notices: [],
  }
}

function writeOver({ out }: Context, render: Render): ListWriter {
  let drawnRows = 0
  return {
    update(records, isPartial, access) {
      if (drawnRows > 0) out.write(`\u001B[${drawnRows}A\u001B[J`)
      const lines = records.length === 0 ? [] : render(records, access)
      out.write(joinLines(lines))
      // A line wider than the screen takes several of its rows; rows that scrolled away are out of reach.
      const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / out.width)), 0)
      drawnRows = isPartial && rows < out.height ? rows : 0
    },
    notices: [],
  }
}

/** What a pipe has carried away cannot be drawn over: only what is new follows. */
function writeOn(
  { out }: Context,
  render: Render,
  { limit, headerLines }: { limit: number; headerLines: number },
): ListWriter {
  const printed: ModelRecord[] = []
  const notices: string[] = []
  return {
    update(records, _, access) {
      const fresh = records.filter(({ id }) => !printed.some((record) => record.id === id))
      const fitting = fresh.slice(0, limit - printed.length)
      // Rendered below what was printed, so that columns stay where they are as far as they can.
      const lines = fitting.length === 0 ? [] : render([...printed, ...fitting], access)
      out.write(joinLines(printed.length === 0 ? lines : lines.slice(headerLines + printed.length)))
      printed.push(...fitting)
      const left = fresh.length - fitting.length
      if (left > 0)
        notices.push(
          `${left} more from the Hub did not fit after the rows already printed: a larger --limit has room, and --json waits for all`,
        )
    },
    notices,
  }
}

function renderList(
  { out, now }: Context,
  format: ListFormat,
  records: readonly ModelRecord[],
  { access, fitOf }: ExtraColumns,
): string[] {
  const paint = createPaint(out.color)
  const asJson = (record: ModelRecord): object => ({
    ...toModelJson(record),
    access: access?.get(record.id.toLowerCase()) ?? null,
    ...(fitOf === undefined ? {} : { fit: fitOf(record) ?? null }),
  })
  switch (format) {
    case 'json':
      return [jsonPage(records.map(asJson)).trimEnd()]
    case 'jsonl':
      return records.map((record) => jsonLine(asJson(record)).trimEnd())
    case 'markdown':
      return [renderMarkdown(records, now(), fitOf).trimEnd()]
    case 'table':
      return renderTable(modelColumns(paint, now(), { access, fitOf }), records, out.width, (title) =>
        paint(title, 'bold'),
      )
    case 'plain':
    case 'brackets':
    case 'icons':
      return records.map((record) => {
        const gated = factOf(record, 'gated') ?? null
        const line = formatSuggestionLine(
          { id: record.id, gated, params: factOf(record, 'params'), memoryLabel: memoryOf(record)?.label },
          { style: format },
        )
        const fit = fitOf?.(record)
        return paint(fit === undefined ? line : `${line} ${describeRowFit(fit)}`, gateMark(gated).colour)
      })
  }
}

function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

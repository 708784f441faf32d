import { gateMark } from '@hubgate/core/access'
import { factOf, formatSuggestionLine, type ModelRecord, memoryOf, toModelJson } from '@hubgate/core/catalog'
import type { Context } from '../context.ts'
import type { ListStyle } from '../options.ts'
import { renderMarkdown } from './markdown.ts'
import { modelColumns } from './model-table.ts'
import { createPaint } from './paint.ts'
import { renderTable } from './table.ts'

export type ListFormat = ListStyle | 'json' | 'jsonl' | 'markdown'

export interface ListWriter {
  /** Shows these records; `isPartial` says that more may come. Called at least once with `isPartial` false. */
  update(records: readonly ModelRecord[], isPartial: boolean): void
}

/**
 * Prints a list that may still grow. A terminal is drawn over once the rest has come. A pipe gets whole answers: people read
 * their rows at once in any case, machines (JSON, Markdown) wait for the last word.
 */
export function createListWriter(context: Context, format: ListFormat): ListWriter {
  const { out } = context
  const print = (records: readonly ModelRecord[]): string => renderList(context, format, records)
  const isForMachines = format === 'json' || format === 'jsonl' || format === 'markdown'
  let drawnLines = 0
  const printed = new Set<string>()
  return {
    update(records, isPartial) {
      if (isForMachines) {
        if (!isPartial) out.write(print(records))
        return
      }
      if (out.isTerminal && drawnLines > 0) out.write(`\u001B[${drawnLines}A\u001B[J`)
      // What a pipe has carried away cannot be drawn over: only what is new follows.
      const fresh = out.isTerminal ? records : records.filter(({ id }) => !printed.has(id))
      const text = fresh.length === 0 ? '' : print(fresh)
      out.write(text)
      for (const { id } of fresh) printed.add(id)
      const lines = text.split('\n').length - 1
      // Lines that scrolled away are out of reach.
      drawnLines = isPartial && lines < out.height ? lines : 0
    },
  }
}

function renderList(context: Context, format: ListFormat, records: readonly ModelRecord[]): string {
  const { out } = context
  switch (format) {
    case 'json':
      return `${JSON.stringify(records.map(toModelJson), undefined, 2)}\n`
    case 'jsonl':
      return records.map((record) => `${JSON.stringify(toModelJson(record))}\n`).join('')
    case 'markdown':
      return renderMarkdown(records, context.now())
    case 'table': {
      const paint = createPaint(out.color)
      return joinLines(
        renderTable(modelColumns(paint, context.now()), records, out.width, (title) => paint(title, 'bold')),
      )
    }
    case 'plain':
    case 'brackets':
    case 'icons':
      return joinLines(
        records.map((record) => {
          const gated = factOf(record, 'gated') ?? null
          const line = formatSuggestionLine(
            { id: record.id, gated, params: factOf(record, 'params'), memoryLabel: memoryOf(record)?.label },
            { style: format },
          )
          return createPaint(out.color)(line, gateMark(gated).colour)
        }),
      )
  }
}

function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

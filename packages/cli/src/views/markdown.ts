import { gatedLabel } from '@hubgate/core/access'
import { contextLabel, factOf, formatCount, type ModelRecord, memoryOf, recordAsOf } from '@hubgate/core/catalog'
import { stripControlCharacters } from '@hubgate/core/util'
import { formatAge, formatRough } from './quantities.ts'

/** A GitHub-flavoured table. */
export function renderMarkdown(records: readonly ModelRecord[], now: Date): string {
  const rows = records.map((record) => {
    const params = factOf(record, 'params')
    const context = factOf(record, 'contextLength')
    return [
      record.id,
      gatedLabel(factOf(record, 'gated') ?? null),
      params === undefined ? '?' : formatCount(params),
      memoryOf(record)?.label ?? '?',
      context === undefined ? '?' : contextLabel(context),
      factOf(record, 'license') ?? '?',
      formatRough(factOf(record, 'downloads')),
      formatAge(recordAsOf(record), now),
    ]
  })
  const header = ['Model', 'Gate', 'Params', 'Memory', 'Context', 'Licence', 'Downloads', 'Age']
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`)
    .join('')
}

/** What would end a cell, start markup or be taken for HTML. */
function escapeCell(text: string): string {
  return stripControlCharacters(text)
    .replace(/[\\|`*[\]]/g, String.raw`\$&`)
    .replaceAll('<', '&lt;')
}

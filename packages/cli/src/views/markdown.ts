import { gatedLabel } from '@hubgate/core/access'
import { contextLabel, factOf, formatCount, type ModelRecord, memoryOf, recordAsOf } from '@hubgate/core/catalog'
import { stripControlCharacters } from '@hubgate/core/util'
import { formatAge, formatRough } from './quantities.ts'
import { describeRowFit, type FitOf } from './row-fit.ts'

/** A GitHub-flavoured table. */
export function renderMarkdown(records: readonly ModelRecord[], now: Date, fitOf?: FitOf): string {
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
      ...fitCells(record, fitOf),
    ]
  })
  const header = [
    'Model',
    'Gate',
    'Params',
    'Memory',
    'Context',
    'Licence',
    'Downloads',
    'Age',
    ...(fitOf === undefined ? [] : ['Fit']),
  ]
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`)
    .join('')
}

function fitCells(record: ModelRecord, fitOf: FitOf | undefined): string[] {
  if (fitOf === undefined) return []
  const fit = fitOf(record)
  return [fit === undefined ? '' : describeRowFit(fit)]
}

/** What would end a cell, start markup or be taken for HTML. */
function escapeCell(text: string): string {
  return stripControlCharacters(text)
    .replace(/[\\|`*[\]]/g, String.raw`\$&`)
    .replaceAll('<', '&lt;')
}

import { type AccessBadge, accessBadge, type GateMark, gateMark } from '@hubgate/core/access'
import {
  contextLabel,
  factOf,
  formatCount,
  type ModelRecord,
  memoryOf,
  recordAsOf,
  recordSource,
} from '@hubgate/core/catalog'
import { stripControlCharacters } from '@hubgate/core/util'
import type { AccessByModel } from '../row-access.ts'
import type { Paint } from './paint.ts'
import { formatAge, formatRough } from './quantities.ts'
import { describeRowFit, type FitOf } from './row-fit.ts'
import type { Column } from './table.ts'

/** Columns that are there only where they were asked for. */
export interface ExtraColumns {
  readonly access?: AccessByModel | undefined
  readonly fitOf?: FitOf | undefined
}

/** The columns of a list of models, the first of which always stays. */
export function modelColumns(paint: Paint, now: Date, { access, fitOf }: ExtraColumns = {}): Column<ModelRecord>[] {
  return [
    { title: 'MODEL', cell: (record) => stripControlCharacters(record.id) },
    {
      title: 'GATE',
      cell: (record) => mark(record).word,
      paint: (text, record) => paint(text, mark(record).colour),
      priority: 9,
    },
    ...(access === undefined ? [] : [accessColumn(paint, access)]),
    ...(fitOf === undefined ? [] : [fitColumn(paint, fitOf)]),
    { title: 'PARAMS', cell: paramsCell, align: 'right', priority: 8 },
    { title: 'MEMORY', cell: (record) => memoryOf(record)?.label ?? '?', align: 'right', priority: 7 },
    {
      title: 'CONTEXT',
      cell: (record) => optional(factOf(record, 'contextLength'), contextLabel),
      align: 'right',
      priority: 5,
    },
    {
      title: 'LICENCE',
      cell: (record) => optional(factOf(record, 'license'), (id) => stripControlCharacters(id).slice(0, 24)),
      priority: 2,
    },
    { title: 'DOWNLOADS', cell: (record) => formatRough(factOf(record, 'downloads')), align: 'right', priority: 4 },
    {
      title: 'SOURCE',
      cell: (record) => `${recordSource(record)} ${formatAge(recordAsOf(record), now)}`,
      paint: (text) => paint(text, 'dim'),
      priority: 3,
    },
  ]
}

function accessColumn(paint: Paint, access: AccessByModel): Column<ModelRecord> {
  const badge = ({ id }: ModelRecord): AccessBadge => accessBadge(access.get(id.toLowerCase())?.state ?? 'unknown')
  return {
    title: 'ACCESS',
    cell: (record) => badge(record).word,
    paint: (text, record) => paint(text, badge(record).colour),
    priority: 8.5,
  }
}

function fitColumn(paint: Paint, fitOf: FitOf): Column<ModelRecord> {
  return {
    title: 'FIT',
    cell: (record) => {
      const fit = fitOf(record)
      return fit === undefined ? '' : describeRowFit(fit)
    },
    paint: (text) => paint(text, 'green'),
    // It was asked for, so it goes last.
    priority: 9.5,
  }
}

function mark(record: ModelRecord): GateMark {
  return gateMark(factOf(record, 'gated') ?? null)
}

/** `235B A22B`: in a mixture of experts, the second figure is what one token uses. */
function paramsCell(record: ModelRecord): string {
  const active = factOf(record, 'activeParams')
  return optional(factOf(record, 'params'), formatCount) + (active === undefined ? '' : ` A${formatCount(active)}`)
}

function optional<T>(value: T | undefined, format: (value: T) => string): string {
  return value === undefined ? '?' : format(value)
}

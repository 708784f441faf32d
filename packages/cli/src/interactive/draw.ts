import { stripControlCharacters } from '@hubgate/core/util'
import { describeEmpty } from '../views/empty.ts'
import { describeFailure } from '../views/failure.ts'
import { renderModelPage } from '../views/model-page.ts'
import { modelColumns } from '../views/model-table.ts'
import type { Paint } from '../views/paint.ts'
import { renderTable, truncate } from '../views/table.ts'
import { type LiveStatus, queryOf, type Screen } from './screen.ts'

export interface Frame {
  readonly width: number
  readonly height: number
  readonly paint: Paint
  readonly now: Date
  readonly endpoint: string
}

/** The lines of the whole screen, from top to bottom, none wider or more than the frame. */
export function drawScreen(screen: Screen, frame: Frame): string[] {
  const { height, width, paint, now } = frame
  const head = [searchLine(screen, frame), '']
  const foot = [
    '',
    truncated(statusLine(screen, now), width, (text) => paint(text, 'dim')),
    truncated(keysLine(screen), width, (text) => paint(text, 'dim')),
  ]
  const room = Math.max(1, height - head.length - foot.length)
  const body = (screen.focus === 'page' ? pageLines(screen, frame) : listLines(screen, frame, room)).slice(0, room)
  return [...head, ...body, ...Array.from({ length: room - body.length }, () => ''), ...foot].slice(0, height)
}

function searchLine({ text, gate, focus }: Screen, { paint, width }: Frame): string {
  // On a narrow screen the status line alone names the gate.
  const filter = gate === 'any' || width < 40 ? '' : `   gate: ${gate}`
  const cursor = focus === 'text' ? '▏' : ''
  const label = 'search '
  const hint = text === '' && focus === 'text' ? 'type to search' : ''
  const room = Math.max(1, width - label.length - filter.length - cursor.length)
  const shown = text === '' ? paint(truncate(hint, room), 'dim') : truncate(text, room)
  return `${paint(label, 'bold')}${text === '' ? cursor + shown : shown + cursor}${paint(filter, 'yellow')}`
}

function listLines(screen: Screen, { width, paint, now }: Frame, room: number): string[] {
  if (screen.records.length === 0)
    return describeEmpty(queryOf(screen), { emptiedBy: screen.emptiedBy, failures: [] }).map((line) =>
      truncate(`  ${line}`, width),
    )
  const rows = room - 1
  const top = Math.max(0, Math.min(screen.selected - Math.floor(rows / 2), screen.records.length - rows))
  const [header = '', ...lines] = renderTable(
    modelColumns(paint, now),
    screen.records.slice(top, top + rows),
    width - 2,
    (title) => paint(title, 'dim'),
    screen.records,
  )
  const isChosen = (index: number): boolean => screen.focus === 'list' && top + index === screen.selected
  return [
    `  ${header}`,
    ...lines.map((line, index) => (isChosen(index) ? `${paint('>', 'bold')} ${paint(line, 'bold')}` : `  ${line}`)),
  ]
}

function pageLines(screen: Screen, { endpoint, now, paint, width }: Frame): string[] {
  const record = screen.records[screen.selected]
  if (record === undefined) return []
  // Painted text cannot be cut by width without counting its escapes, so the page is cut before it is painted.
  const plain = renderModelPage(record, { endpoint, now, paint: (text) => text })
  const painted = renderModelPage(record, { endpoint, now, paint })
  return plain.map((line, index) => (truncate(line, width) === line ? (painted[index] ?? line) : truncate(line, width)))
}

function statusLine({ records, live, message, gate }: Screen, now: Date): string {
  const count = `${records.length} ${records.length === 1 ? 'model' : 'models'}${gate === 'any' ? '' : ` (${gate})`}`
  return stripControlCharacters(message ?? `${count} · ${describeLive(live, now)}`)
}

function describeLive(live: LiveStatus, now: Date): string {
  switch (live.kind) {
    case 'off':
      return `known here; offline: ${live.why}`
    case 'idle':
      return 'known here'
    case 'typing':
      return 'known here; Enter asks the Hub now'
    case 'asking':
      return 'known here; asking the Hub…'
    case 'answered':
      return 'known here and live'
    case 'paused': {
      const seconds = Math.max(1, Math.ceil((live.until.getTime() - now.getTime()) / 1000))
      return `known here; live search is paused for ${seconds} s: the Hub allows no more calls now`
    }
    case 'failed':
      return `known here; ${describeFailure(live.error)}`
  }
}

function keysLine({ focus }: Screen): string {
  switch (focus) {
    case 'text':
      return 'type to search · ↓ to the list · Enter details · ^O open page · ^G gate · Esc clear or quit'
    case 'list':
      return '↑↓ move · Enter details · o open page · a gate filter · / search · q quit'
    case 'page':
      return '↑↓ next model · o open page · Esc back · q quit'
  }
}

function truncated(text: string, width: number, paint: (text: string) => string): string {
  return paint(truncate(text, width))
}

import {
  type CatalogQuery,
  type FilterName,
  type GateFilter,
  gateFilters,
  joinRecords,
  type LiveState,
  type ModelRecord,
} from '@hubgate/core/catalog'

/** Where keys go: into the search text, to the list, or to the page of one model. */
export type Focus = 'text' | 'list' | 'page'

/** What the live half of the search is doing, for the status line; `off` while no call may go out. */
export type LiveStatus = LiveState | { readonly kind: 'off'; readonly why: string }

/** Everything the screen shows. Keys and answers make a new one; drawing only reads it. */
export interface Screen {
  readonly focus: Focus
  readonly text: string
  readonly gate: GateFilter
  readonly records: readonly ModelRecord[]
  readonly emptiedBy: readonly FilterName[]
  readonly selected: number
  readonly live: LiveStatus
  /** The last thing done or refused, until the next key. */
  readonly message: string | undefined
}

export const initialScreen: Screen = {
  focus: 'text',
  text: '',
  gate: 'any',
  records: [],
  emptiedBy: [],
  selected: 0,
  live: { kind: 'idle' },
  message: undefined,
}

export function queryOf(screen: Screen): CatalogQuery {
  return { ...(screen.text.trim() === '' ? {} : { text: screen.text }), gate: screen.gate }
}

/** A key as Node names it. */
export interface Key {
  readonly name: string | undefined
  /** What was typed, where it is a character. */
  readonly text: string | undefined
  readonly ctrl: boolean
}

/** What a key asks of the world outside the screen. */
export type Effect = 'none' | 'search' | 'search-now' | 'open' | 'quit'

const PAGE_STEP = 10
const MAX_TEXT = 200

/** What a key does to the screen, and what else has to happen. */
export function pressKey(before: Screen, key: Key): { readonly screen: Screen; readonly effect: Effect } {
  const screen: Screen = { ...before, message: undefined }
  if (key.ctrl && key.name === 'c') return { screen, effect: 'quit' }
  if (key.ctrl && key.name === 'o') return { screen, effect: 'open' }
  if (key.ctrl && key.name === 'g') return cycleGate(screen)
  switch (screen.focus) {
    case 'page':
      return pressOnPage(screen, key)
    case 'list':
      return pressOnList(screen, key)
    case 'text':
      return pressInText(screen, key)
  }
}

function pressOnPage(screen: Screen, key: Key): { screen: Screen; effect: Effect } {
  if (key.name === 'o') return { screen, effect: 'open' }
  if (key.name === 'q') return { screen, effect: 'quit' }
  if (key.name === 'down' || key.name === 'up')
    return { screen: { ...move(screen, key.name === 'down' ? 1 : -1), focus: 'page' }, effect: 'none' }
  if (['escape', 'return', 'enter', 'backspace', 'left'].includes(key.name ?? ''))
    return { screen: { ...screen, focus: 'list' }, effect: 'none' }
  return { screen, effect: 'none' }
}

function pressOnList(screen: Screen, key: Key): { screen: Screen; effect: Effect } {
  switch (key.name) {
    case 'up':
      return { screen: screen.selected === 0 ? { ...screen, focus: 'text' } : move(screen, -1), effect: 'none' }
    case 'q':
      return { screen, effect: 'quit' }
    case 'o':
      return { screen, effect: 'open' }
    case 'a':
      return cycleGate(screen)
    case 'escape':
      return { screen: { ...screen, focus: 'text' }, effect: 'none' }
    default:
      if (key.text === '/') return { screen: { ...screen, focus: 'text' }, effect: 'none' }
      return moveOrType(screen, key)
  }
}

function pressInText(screen: Screen, key: Key): { screen: Screen; effect: Effect } {
  if (key.name === 'escape')
    return screen.text === '' ? { screen, effect: 'quit' } : { screen: withText(screen, ''), effect: 'search' }
  if (key.name === 'up') return { screen, effect: 'none' }
  return moveOrType(screen, key)
}

function moveOrType(screen: Screen, key: Key): { screen: Screen; effect: Effect } {
  switch (key.name) {
    case 'down':
    case 'tab':
      return {
        screen:
          screen.focus === 'text' ? { ...screen, focus: screen.records.length > 0 ? 'list' : 'text' } : move(screen, 1),
        effect: 'none',
      }
    case 'pagedown':
      return { screen: { ...move(screen, PAGE_STEP), focus: 'list' }, effect: 'none' }
    case 'pageup':
      return { screen: move(screen, -PAGE_STEP), effect: 'none' }
    case 'home':
      return { screen: move(screen, -Infinity), effect: 'none' }
    case 'end':
      return { screen: move(screen, Infinity), effect: 'none' }
    case 'return':
    case 'enter':
      return screen.records.length === 0
        ? { screen, effect: 'search-now' }
        : { screen: { ...screen, focus: 'page' }, effect: 'search-now' }
    case 'backspace':
      return { screen: withText(screen, withoutLast(screen.text)), effect: 'search' }
    default:
      return type(screen, key)
  }
}

function type(screen: Screen, key: Key): { screen: Screen; effect: Effect } {
  if (key.ctrl && key.name === 'u') return { screen: withText(screen, ''), effect: 'search' }
  if (key.ctrl && key.name === 'w')
    return { screen: withText(screen, screen.text.replace(/\S+\s*$/, '')), effect: 'search' }
  const isTyped = !key.ctrl && key.text !== undefined && key.text.length > 0 && !/\p{Cc}/u.test(key.text)
  return isTyped ? { screen: withText(screen, screen.text + key.text), effect: 'search' } : { screen, effect: 'none' }
}

/** What a person sees as one character may be several code points. */
function withoutLast(text: string): string {
  const last = [...new Intl.Segmenter().segment(text)].at(-1)
  return text.slice(0, last?.index ?? 0)
}

function withText(screen: Screen, text: string): Screen {
  return { ...screen, text: text.slice(0, MAX_TEXT), focus: 'text', selected: 0 }
}

function cycleGate(screen: Screen): { screen: Screen; effect: Effect } {
  const gate = gateFilters[(gateFilters.indexOf(screen.gate) + 1) % gateFilters.length] ?? 'any'
  return { screen: { ...screen, gate, selected: 0 }, effect: 'search' }
}

function move(screen: Screen, by: number): Screen {
  return { ...screen, selected: Math.max(0, Math.min(screen.records.length - 1, screen.selected + by)) }
}

export interface Found {
  /** All matches, in the order of the sort. */
  readonly records: readonly ModelRecord[]
  readonly emptiedBy: readonly FilterName[]
  /** The first for this query: rows of the one before need not keep their places. */
  readonly isFirst: boolean
}

/**
 * Puts found records on the screen; the selection stays on its model. While somebody moves through the list, no row leaves its
 * place; while they type, rows keep their order and new ones come where the sort puts them.
 */
export function withRecords(screen: Screen, { records, emptiedBy, isFirst }: Found): Screen {
  const chosen = screen.records[screen.selected]
  const ordered = isFirst
    ? records
    : joinRecords(screen.records, records, { hold: screen.focus === 'text' ? 'order' : 'all' })
  const at = ordered.findIndex(({ id, formerIds }) => chosen !== undefined && [id, ...formerIds].includes(chosen.id))
  const selected = screen.focus === 'text' || at < 0 ? Math.min(screen.selected, Math.max(0, ordered.length - 1)) : at
  return { ...screen, records: ordered, emptiedBy, selected, focus: ordered.length === 0 ? 'text' : screen.focus }
}

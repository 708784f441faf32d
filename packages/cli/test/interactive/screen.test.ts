import { curatedList } from '@hubgate/core/catalog'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawScreen } from '../../src/interactive/draw.ts'
import { initialScreen, type Key, pressKey, queryOf, type Screen, withRecords } from '../../src/interactive/screen.ts'

const records = curatedList().records.slice(0, 30)
const full = withRecords(initialScreen, { records, emptiedBy: [], isFirst: true })

function key(name: string, ctrl = false): Key {
  return { name, text: name.length === 1 && !ctrl ? name : undefined, ctrl }
}

function press(screen: Screen, ...names: string[]): Screen {
  return names.reduce((current, name) => pressKey(current, key(name)).screen, screen)
}

function frame(width: number, height: number): Parameters<typeof drawScreen>[1] {
  return { width, height, paint: (text) => text, now: new Date('2026-11-01'), endpoint: 'https://huggingface.co' }
}

describe('pressKey()', () => {
  test('types, erases a whole visible character, and empties the text', () => {
    const typed = press(full, 'q', 'w', 'e')
    expect(typed.text).toBe('qwe')
    expect(press(typed, 'backspace').text).toBe('qw')
    const family = pressKey(typed, { name: undefined, text: '👩‍👩‍👧', ctrl: false }).screen
    expect(press(family, 'backspace').text).toBe('qwe')
    expect(pressKey(typed, key('u', true))).toMatchObject({ screen: { text: '' }, effect: 'search' })
  })

  test('Escape empties the text first, and leaves only then', () => {
    const typed = press(full, 'x')
    expect(pressKey(typed, key('escape'))).toMatchObject({ screen: { text: '' }, effect: 'search' })
    expect(pressKey(full, key('escape')).effect).toBe('quit')
  })

  test('letters are keys in the list and text in the search line', () => {
    const list = press(full, 'down')
    expect(list.focus).toBe('list')
    expect(pressKey(list, key('o')).effect).toBe('open')
    expect(pressKey(list, key('q')).effect).toBe('quit')
    expect(pressKey(list, key('a'))).toMatchObject({ screen: { gate: 'public' }, effect: 'search' })
    expect(pressKey(full, key('a'))).toMatchObject({ screen: { text: 'a', gate: 'any' }, effect: 'search' })
    expect(pressKey(list, key('/')).screen.focus).toBe('text')
  })

  test('a goes through every gate and comes back', () => {
    let screen = press(full, 'down')
    const gates = Array.from({ length: 4 }, () => (screen = pressKey(screen, key('a')).screen).gate)
    expect(gates).toEqual(['public', 'terms', 'approval', 'any'])
    expect(queryOf({ ...screen, gate: 'terms', text: ' ' })).toEqual({ gate: 'terms' })
  })

  test('Enter shows the model, Escape goes back to the list where it was', () => {
    const page = press(full, 'down', 'down', 'down', 'return')
    expect(page).toMatchObject({ focus: 'page', selected: 2 })
    expect(press(page, 'escape')).toMatchObject({ focus: 'list', selected: 2 })
  })

  test('Ctrl-C leaves from everywhere', () => {
    for (const screen of [full, press(full, 'down'), press(full, 'return')])
      expect(pressKey(screen, key('c', true)).effect).toBe('quit')
  })
})

describe('withRecords()', () => {
  const joining = curatedList().records.slice(30, 40)
  const joined = { records: records.toReversed().concat(joining), emptiedBy: [], isFirst: false }

  test('for somebody in the list, rows keep their places when live ones join, and the selection its model', () => {
    const list = press(full, 'down', 'down', 'down')
    const chosen = list.records[list.selected]?.id
    const after = withRecords(list, joined)
    expect(after.records.slice(0, 30).map(({ id }) => id)).toEqual(records.map(({ id }) => id))
    expect(after.records).toHaveLength(40)
    expect(after.records[after.selected]?.id).toBe(chosen)
  })

  test('for somebody who types, rows keep their order, and new ones come where the sort puts them', () => {
    const { records: after } = withRecords(press(full, 'x'), joined)
    const shown = new Set(records.map(({ id }) => id))
    expect(after.map(({ id }) => id).filter((id) => shown.has(id))).toEqual(records.map(({ id }) => id))
    expect(after.findIndex(({ id }) => !shown.has(id))).toBeLessThan(30)
  })

  test('a new query is shown in its own order', () => {
    const first = { records: records.toReversed(), emptiedBy: [], isFirst: true }
    expect(withRecords(press(full, 'down'), first).records).toEqual(records.toReversed())
  })

  test('the selection follows a model that got another name', () => {
    const list = press(full, 'down', 'down')
    const [first, second, ...rest] = records
    if (first === undefined || second === undefined) throw new Error('two records are needed')
    const renamed = { ...second, id: 'new/name', formerIds: [second.id] }
    const after = withRecords(list, { records: [first, renamed, ...rest], emptiedBy: [], isFirst: false })
    expect(after.records[after.selected]?.id).toBe('new/name')
  })

  test('an emptied list gives the keys back to the text', () => {
    expect(withRecords(press(full, 'down'), { records: [], emptiedBy: ['gate'], isFirst: true })).toMatchObject({
      focus: 'text',
      selected: 0,
    })
  })
})

describe('drawScreen()', () => {
  test('fills any frame exactly, whatever keys were pressed', () => {
    const names = [
      'a',
      'o',
      'up',
      'down',
      'return',
      'escape',
      'backspace',
      'pagedown',
      'pageup',
      'end',
      'home',
      'x',
      '/',
    ]
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...names), { maxLength: 20 }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 6, max: 60 }),
        (keys, width, height) => {
          const lines = drawScreen(press(full, ...keys), frame(width, height))
          expect(lines).toHaveLength(height)
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
        },
      ),
    )
  })

  test('shows gate, size, context and age in each row, the keys, and which filter emptied the list', () => {
    const text = drawScreen(full, frame(120, 20)).join('\n')
    for (const word of ['GATE', 'MEMORY', 'CONTEXT', 'curated', 'Esc', '^O']) expect(text).toContain(word)
    const empty = withRecords(
      { ...full, gate: 'terms', text: 'zzz' },
      { records: [], emptiedBy: ['text'], isFirst: true },
    )
    expect(drawScreen(empty, frame(100, 20)).join('\n')).toMatch(/zzz/)
  })

  test.each([
    [{ kind: 'off', why: 'offline mode was asked for' }, 'offline: offline mode was asked for'],
    [{ kind: 'typing' }, 'Enter asks the Hub now'],
    [{ kind: 'asking' }, 'asking the Hub'],
    [{ kind: 'answered' }, 'known here and live'],
    [{ kind: 'paused', until: new Date('2026-11-01T00:00:42Z') }, 'live search is paused for 42 s'],
    [{ kind: 'failed', error: new Error('Cannot \u001B[31mreach the Hub') }, 'no live results: cannot reach the Hub'],
  ] as const)('says of the live half: %j', (live, words) => {
    expect(drawScreen({ ...full, live }, frame(120, 20)).join('\n')).toContain(words)
  })
})

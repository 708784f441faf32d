import { type AccessAnswer, accessBadge, gatedLabel, gateMark, isOpen } from '@hubgate/core/access'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Paint } from './paint.ts'
import type { Column } from './table.ts'

/** The columns of many access answers. */
export function accessColumns(paint: Paint): Column<AccessAnswer>[] {
  return [
    { title: 'MODEL', cell: ({ id }) => stripControlCharacters(id) },
    {
      title: 'ACCESS',
      cell: ({ state }) => accessBadge(state).word,
      paint: (text, { state }) => paint(text, accessBadge(state).colour),
      priority: 9,
    },
    {
      title: 'GATE',
      cell: ({ gated }) => gatedLabel(gated),
      paint: (text, { gated }) => paint(text, gateMark(gated).colour),
      priority: 5,
    },
    {
      title: 'BEFORE',
      cell: ({ previous }) => (previous === undefined ? '' : accessBadge(previous.state).word),
      paint: (text) => paint(text, 'dim'),
      priority: 3,
    },
    {
      title: 'NEXT',
      cell: ({ state, nextStep, failure }) =>
        isOpen(state) ? '' : stripControlCharacters(failure?.message ?? nextStep.text),
      priority: 8,
      least: 20,
    },
  ]
}

import type { Trial } from '@hubgate/core/fit'
import type { Paint } from './paint.ts'

type Term = 'weights' | 'kvCache' | 'state' | 'overhead'

/** Each term has a sign of its own, so that the bar reads without colour. */
export const termSigns: Readonly<Record<Term | 'spare', { sign: string; colour: Parameters<Paint>[1] }>> = {
  weights: { sign: '█', colour: 'blue' },
  kvCache: { sign: '▓', colour: 'yellow' },
  state: { sign: '▒', colour: 'yellow' },
  overhead: { sign: '░', colour: 'grey' },
  spare: { sign: '·', colour: 'dim' },
}

/**
 * The memory of one GPU as a bar of `width` columns, the limit as a stroke in it. What does not fit stands beyond the stroke.
 * @example ████████▓▓▓░·····│
 */
export function renderFitBar(
  { estimate, capacityBytes, needBytes, level }: Trial,
  width: number,
  paint: Paint,
): string {
  const { weights, kvCache, state, overhead } = estimate.perGpu
  const whole = Math.max(capacityBytes, needBytes)
  const limitAt = Math.round((capacityBytes / whole) * width)
  const parts = { weights: weights + (needBytes - estimate.perGpu.total), kvCache, state, overhead }
  const cells: { sign: string; colour: Parameters<Paint>[1] }[] = []
  let sum = 0
  for (const term of ['weights', 'kvCache', 'state', 'overhead'] as const) {
    sum += parts[term]
    const end = Math.round((sum / whole) * width)
    // A term that is there is seen, were it less than half a column.
    const count = parts[term] > 0 ? Math.max(1, end - cells.length) : 0
    for (let column = 0; column < count && cells.length < width; column += 1) cells.push(termSigns[term])
  }
  while (cells.length < width) cells.push(termSigns.spare)
  const drawn = cells.map(({ sign, colour }, column) =>
    paint(sign, level !== 'fits' && column >= limitAt ? 'red' : colour),
  )
  return `${drawn.slice(0, limitAt).join('')}│${drawn.slice(limitAt).join('')}`
}

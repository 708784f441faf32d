import type { HubWait } from '@hubgate/core/hub'
import { type Context, note } from '../context.ts'
import { createStatusLine, type StatusLine } from './status-line.ts'

/** Tells that the Hub asked to wait: with a countdown on a terminal, in one line elsewhere. Short waits are nobody's concern. */
export function noteWaits(
  context: Context,
  status: StatusLine = createStatusLine(context.err),
): (wait: HubWait) => void {
  let timer: NodeJS.Timeout | undefined
  return ({ reason, delayMs }) => {
    if (delayMs < 1500) return
    const why = reason === 'rate-limit' ? 'the Hub asks to slow down' : 'the Hub did not answer'
    if (!context.err.canRedraw) return note(context, `note: ${why}: waiting ${Math.ceil(delayMs / 1000)} s`)
    clearInterval(timer)
    const until = performance.now() + delayMs
    const draw = (): void => {
      const left = Math.ceil((until - performance.now()) / 1000)
      if (left > 0 && !context.signal.aborted) return status.show(`${why}: going on in ${left} s; Ctrl-C stops`)
      clearInterval(timer)
      status.clear()
    }
    draw()
    timer = setInterval(draw, 1000)
    timer.unref()
  }
}

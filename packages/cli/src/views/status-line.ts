import { stripControlCharacters } from '@hubgate/core/util'
import type { Sink } from '../context.ts'
import { truncate } from './table.ts'

/** One line at the bottom of a terminal that says what is going on; elsewhere nothing. Once disposed of, it shows nothing more. */
export interface StatusLine extends Disposable {
  show(text: string): void
  clear(): void
}

export function createStatusLine(sink: Sink): StatusLine {
  let isShown = false
  let isClosed = false
  const clear = (): void => {
    if (isShown) sink.write('\r\u001B[K')
    isShown = false
  }
  return {
    show(text) {
      if (!sink.canRedraw || isClosed) return
      sink.write(`\r\u001B[K${truncate(stripControlCharacters(text), sink.width - 1)}`)
      isShown = true
    },
    clear,
    [Symbol.dispose]() {
      clear()
      isClosed = true
    },
  }
}

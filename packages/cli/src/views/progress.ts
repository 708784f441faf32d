import type { DownloadEvent } from '@hubgate/core/download'
import { stripControlCharacters } from '@hubgate/core/util'
import { type Context, note } from '../context.ts'
import { jsonLine } from './json.ts'
import { createPaint } from './paint.ts'
import { ProgressBlock } from './progress-block.ts'
import { type EventSubject, toEventJson } from './progress-json.ts'
import { plannedText, totalText, waitText } from './progress-text.ts'
import { formatBytes } from './quantities.ts'

/** Shows the course of a download. Once disposed of, it shows nothing more and leaves the terminal as it should be. */
export interface ProgressView extends Disposable {
  show(event: DownloadEvent): void
  /** A line for people that stays; with `--json` nothing. */
  print(text: string): void
}

/** Smaller files than this pass without a line of their own. */
const SHOWN_BYTES = 16 * 1024 * 1024
const SAME_WAIT_MS = 5000
const PLAIN_EVERY_MS = 10_000
const JSON_EVERY_MS = 1000

/** Bars on a terminal, plain lines elsewhere; both on standard error. With `--json`, events on standard output. */
export function createProgressView(context: Context, subject: EventSubject, json: boolean): ProgressView {
  if (json) return jsonView(context, subject)
  return context.err.canRedraw ? terminalView(context) : plainView(context)
}

function jsonView({ out }: Context, subject: EventSubject): ProgressView {
  const isDue = createPace(JSON_EVERY_MS, -Infinity)
  return {
    show(event) {
      if (event.type !== 'progress' || isDue()) out.write(jsonLine(toEventJson(event, subject)))
    },
    print: () => undefined,
    [Symbol.dispose]: () => undefined,
  }
}

function plainView(context: Context): ProgressView {
  const isDue = createPace(PLAIN_EVERY_MS)
  const isNews = createNewsFilter()
  return {
    show(event) {
      if (!isNews(event)) return
      const text = event.type === 'progress' ? (isDue() ? totalText(event) : undefined) : lastingText(context, event)
      if (text !== undefined) note(context, text)
    },
    print: (text) => note(context, text),
    [Symbol.dispose]: () => undefined,
  }
}

function terminalView(context: Context): ProgressView {
  const block = new ProgressBlock(context.err, createPaint(context.err.color))
  const print = (text: string): void => block.print(stripControlCharacters(text))
  const isNews = createNewsFilter()
  return {
    show(event) {
      if (event.type === 'progress') return block.draw(event)
      if (!isNews(event)) return
      const text = lastingText(context, event)
      if (text !== undefined) print(text)
    },
    print,
    [Symbol.dispose]: () => block.clear(),
  }
}

/** What stays on the screen. */
function lastingText(context: Context, event: Exclude<DownloadEvent, { type: 'progress' }>): string | undefined {
  switch (event.type) {
    case 'planned':
      return plannedText(event)
    case 'waiting':
      // What is tried again at once is nobody's concern.
      return event.reason === 'retry' && (event.delayMs ?? 0) < 2000 ? undefined : waitText(event, context.now())
    case 'retry':
      return `${event.path}: its bytes are not those the Hub announced; fetching it once more`
    case 'verified':
      return event.sizeBytes < SHOWN_BYTES ? undefined : `${event.path}: ${formatBytes(event.sizeBytes)}, verified`
  }
}

/** All connections of a file wait for the same: it is told once, and again only when that is over. */
function createNewsFilter(): (event: DownloadEvent) => boolean {
  const told = new Map<string, number>()
  return (event) => {
    if (event.type !== 'waiting') return true
    const now = performance.now()
    const key = `${event.reason} ${event.path} ${event.state}`
    if (now < (told.get(key) ?? -Infinity)) return false
    told.set(key, now + Math.max(event.delayMs ?? 0, SAME_WAIT_MS))
    return true
  }
}

/** `true` at most once in so many milliseconds; the first time so long after `last`. */
function createPace(everyMs: number, last: number = performance.now()): () => boolean {
  let toldMs = last
  return () => {
    const now = performance.now()
    if (now - toldMs < everyMs) return false
    toldMs = now
    return true
  }
}

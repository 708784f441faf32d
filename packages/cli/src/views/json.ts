import { escapeControlCharacters } from '@hubgate/core/util'

/** One line, with its end: for events, and for models one a line. */
export function jsonLine(value: unknown): string {
  return `${escapeControlCharacters(JSON.stringify(value))}\n`
}

/** Over several lines, for programs and for people. */
export function jsonPage(value: unknown): string {
  return `${escapeControlCharacters(JSON.stringify(value, undefined, 2))}\n`
}

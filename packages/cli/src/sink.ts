import type { WriteStream } from 'node:tty'
import type { Sink } from './context.ts'

export const colorChoices = ['auto', 'always', 'never'] as const
export type ColorChoice = (typeof colorChoices)[number]

const PIPE_WIDTH = 200

/** A stream as commands see it. Colour: the flag first, then `NO_COLOR` and `FORCE_COLOR`, then whether a terminal is there. `hide` has the last word on each text. */
export function createSink(
  stream: NodeJS.WriteStream | WriteStream,
  environment: NodeJS.ProcessEnv,
  choice: ColorChoice,
  hide: (text: string) => string = (text) => text,
): Sink {
  const isTerminal = stream.isTTY
  const columns = isTerminal ? stream.columns : Number(environment['COLUMNS'])
  return {
    write: (text) => void stream.write(hide(text)),
    isTerminal,
    canRedraw: isTerminal && environment['TERM'] !== 'dumb',
    get width() {
      return (isTerminal ? stream.columns : columns) || PIPE_WIDTH
    },
    get height() {
      return stream.rows || 24
    },
    color: wantsColor(environment, choice, isTerminal),
  }
}

/** @see https://no-color.org */
function wantsColor(environment: NodeJS.ProcessEnv, choice: ColorChoice, isTerminal: boolean): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (environment['NO_COLOR']) return false
  const forced = environment['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return isTerminal && environment['TERM'] !== 'dumb'
}

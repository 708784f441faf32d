import { noticeText, type Settings, type SettingsInputs } from '@hubgate/core/settings'
import { stripControlCharacters } from '@hubgate/core/util'
import { wrapText } from './views/wrap.ts'

/** Where a command writes, and how. Commands get it handed in: they touch neither `process` nor its streams. */
export interface Context {
  readonly settings: Settings
  /** For what looks at the machine rather than at Hubgate: where tools are, which GPUs are hidden. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Data. */
  readonly out: Sink
  /** All else. */
  readonly err: Sink
  /** What is piped or typed in. */
  readonly input: NodeJS.ReadStream
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly verbose: boolean
}

/** Reads the settings, once a command wants them. @param onFault see `SettingsInputs`: without it a broken setting is thrown */
export type MakeContext = (onFault?: SettingsInputs['onFault']) => Promise<Context>

export interface Sink {
  write(text: string): void
  readonly isTerminal: boolean
  /** A terminal that moves its cursor where it is told to: what stands there can be drawn over. */
  readonly canRedraw: boolean
  /** Columns; of a pipe, what a wide line may take. */
  readonly width: number
  /** Rows of the terminal. */
  readonly height: number
  readonly color: boolean
}

/** For people, on standard error. It may quote what came from outside, so nothing in it steers the terminal. */
export function note({ err }: Pick<Context, 'err'>, text: string): void {
  err.write(`${linesOf(err, stripControlCharacters(text)).join('\n')}\n`)
}

/** As a terminal shows it without breaking a word; elsewhere one line, which programs can look for. */
export function linesOf({ isTerminal, width }: Pick<Sink, 'isTerminal' | 'width'>, text: string): string[] {
  return isTerminal ? wrapText(text, width) : [text]
}

/** What the settings passed over, hid or kept back, and what to do about it. */
export function noteSettings(context: Context): void {
  noteAll(context, context.settings.notices.map(noticeText))
}

/** What people should know besides what they asked for, a line each. */
export function noteAll(context: Context, notices: Iterable<string>): void {
  for (const text of notices) note(context, `note: ${text}`)
}

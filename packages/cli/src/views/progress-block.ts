import path from 'node:path'
import type { DownloadProgress, FileProgress } from '@hubgate/core/download'
import { stripControlCharacters } from '@hubgate/core/util'
import stringWidth from 'fast-string-width'
import { linesOf, type Sink } from '../context.ts'
import type { Paint } from './paint.ts'
import { fileStateText, percentText, totalText } from './progress-text.ts'
import { formatBytes } from './quantities.ts'
import { truncate } from './table.ts'

const MAX_FILES = 8
const BAR_WIDTH = 24
const NAME_WIDTH = 36
/** ` 100% 1023.9 MiB` */
const FIGURES_WIDTH = 16

/** Lines at the bottom of a terminal that are drawn over: one a file under way, and one for all. */
export class ProgressBlock {
  readonly #sink: Sink
  readonly #paint: Paint
  /** What stands there now, line by line. */
  #drawn: readonly string[] = []

  constructor(sink: Sink, paint: Paint) {
    this.#sink = sink
    this.#paint = paint
  }

  draw(progress: DownloadProgress): void {
    const room = Math.max(1, Math.min(MAX_FILES, this.#sink.height - 2))
    const width = this.#sink.width - 1
    const { files } = progress
    const shown = files.slice(0, room).map((file) => this.#fileLine(file, width))
    const more = files.length > shown.length ? `  and ${files.length - shown.length} more` : ''
    const lines = [...shown, totalText(progress, { width, more })]
    this.#sink.write(this.#over() + lines.map((line) => `${line}\u001B[K\n`).join('') + '\u001B[J')
    this.#drawn = lines
  }

  /** A line that stays, above the block. The block comes back with the next drawing. */
  print(line: string): void {
    this.clear()
    this.#sink.write(`${linesOf(this.#sink, line).join('\n')}\n`)
  }

  clear(): void {
    if (this.#drawn.length > 0) this.#sink.write(`${this.#over()}\u001B[J`)
    this.#drawn = []
  }

  /** Back to where the block begins. A terminal that has become narrower meanwhile broke its lines in several. */
  #over(): string {
    const { width } = this.#sink
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / width)), 0)
    return rows === 0 ? '' : `\u001B[${rows}A\r`
  }

  /** What happens to a file, where it is not simply coming, stands in place of its bar. */
  #fileLine(file: FileProgress, width: number): string {
    const { doneBytes, sizeBytes } = file
    const room = Math.max(0, width - FIGURES_WIDTH)
    const barWidth = Math.min(BAR_WIDTH, Math.floor(room * 0.4))
    const nameWidth = Math.min(NAME_WIDTH, room - barWidth - 1)
    const figures = `${percentText(doneBytes, sizeBytes).padStart(5)}${formatBytes(sizeBytes).padStart(11)}`
    // A screen so narrow has no room for more.
    if (nameWidth < 1) return truncate(figures.trimStart(), width)
    const filled = sizeBytes === 0 ? barWidth : Math.floor((doneBytes / sizeBytes) * barWidth)
    const bar = this.#paint('━'.repeat(filled), 'green') + this.#paint('─'.repeat(barWidth - filled), 'grey')
    const state = truncate(fileStateText(file), barWidth)
    const middle = state === '' ? bar : this.#paint(state.padEnd(barWidth), 'yellow')
    return `${shortName(stripControlCharacters(file.path), nameWidth)} ${middle}${figures}`
  }
}

/** The end of a path tells more than its beginning. */
function shortName(filePath: string, width: number): string {
  const below = `…/${path.posix.basename(filePath)}`
  const text = stringWidth(filePath) <= width ? filePath : stringWidth(below) <= width ? below : below.slice(2)
  const shown = truncate(text, width)
  return shown + ' '.repeat(width - stringWidth(shown))
}

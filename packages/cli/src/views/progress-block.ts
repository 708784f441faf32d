import type { DownloadProgress, FileProgress } from '@hubgate/core/download'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Sink } from '../context.ts'
import type { Paint } from './paint.ts'
import { fileStateText, percentText, totalText } from './progress-text.ts'
import { formatBytes } from './quantities.ts'
import { truncate } from './table.ts'

const MAX_FILES = 8
const BAR_WIDTH = 24
const NAME_WIDTH = 36

/** Lines at the bottom of a terminal that are drawn over: one a file under way, and one for all. */
export class ProgressBlock {
  readonly #sink: Sink
  readonly #paint: Paint
  #lines = 0

  constructor(sink: Sink, paint: Paint) {
    this.#sink = sink
    this.#paint = paint
  }

  draw(progress: DownloadProgress): void {
    const room = Math.max(1, Math.min(MAX_FILES, this.#sink.height - 2))
    const { files } = progress
    const shown = files.slice(0, room).map((file) => this.#fileLine(file))
    const more = files.length > shown.length ? this.#paint(`  and ${files.length - shown.length} more`, 'dim') : ''
    const lines = [...shown, `${totalText(progress)}${more}`].map((line) => truncate(line, this.#sink.width - 1))
    this.#sink.write(this.#over() + lines.map((line) => `${line}\u001B[K\n`).join('') + '\u001B[J')
    this.#lines = lines.length
  }

  /** A line that stays, above the block. The block comes back with the next drawing. */
  print(line: string): void {
    this.clear()
    this.#sink.write(`${line}\n`)
  }

  clear(): void {
    if (this.#lines > 0) this.#sink.write(`${this.#over()}\u001B[J`)
    this.#lines = 0
  }

  /** Back to where the block begins. */
  #over(): string {
    return this.#lines === 0 ? '' : `\u001B[${this.#lines}A\r`
  }

  #fileLine(file: FileProgress): string {
    const { doneBytes, sizeBytes } = file
    const name = truncate(stripControlCharacters(file.path), NAME_WIDTH).padEnd(NAME_WIDTH)
    const filled = sizeBytes === 0 ? BAR_WIDTH : Math.floor((doneBytes / sizeBytes) * BAR_WIDTH)
    const bar = this.#paint('━'.repeat(filled), 'green') + this.#paint('━'.repeat(BAR_WIDTH - filled), 'grey')
    const state = this.#paint(fileStateText(file), 'yellow')
    return `${name} ${bar} ${percentText(doneBytes, sizeBytes).padStart(4)} ${formatBytes(sizeBytes).padStart(9)}  ${state}`
  }
}

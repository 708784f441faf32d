import process from 'node:process'
import { EXIT_CODES, type ExitCode } from './exit-codes.ts'

/** From the wish to the end, at the most. */
const INTERRUPT_MS = 200

/** Why a command is to end where nobody reads what it prints any more. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

/** A wish that the command end before it is done: Ctrl-C, or a reader that left. */
export class Interruption {
  readonly #controller = new AbortController()
  #exitCode: ExitCode = EXIT_CODES.interrupted

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What to end with: of several wishes, the first. */
  get exitCode(): ExitCode {
    return this.#exitCode
  }

  get isReaderGone(): boolean {
    return this.#exitCode === EXIT_CODES.unread
  }

  /** Ctrl-C. The second one does not wait for anything. */
  interrupt(): void {
    if (this.signal.aborted) process.exit(this.#exitCode)
    this.#begin()
  }

  /** No more can be printed. Told for each thing that was to be. */
  loseReader(): void {
    if (this.signal.aborted) return
    this.#exitCode = EXIT_CODES.unread
    // It may have been the last thing to do.
    process.exitCode = EXIT_CODES.unread
    this.#begin(new ReaderGone('nobody reads what is printed any more'))
  }

  #begin(reason?: ReaderGone): void {
    this.#controller.abort(reason)
    // A disk that is slow is not waited for: whatever was under way can be cut off anywhere.
    setTimeout(() => process.exit(this.#exitCode), INTERRUPT_MS).unref()
  }
}

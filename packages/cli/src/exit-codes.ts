import { type AccessAnswer, type AccessState, isOpen } from '@hubgate/core/access'
import type { ErrorCode } from '@hubgate/core/errors'

/** Promised to scripts; `docs/errors.md` lists them. */
export const EXIT_CODES = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  unreachable: 5,
  integrity: 6,
  noSpace: 7,
  interrupted: 130,
  /** As shells report SIGPIPE. */
  unread: 141,
} as const
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]

const byErrorCode: Readonly<Record<ErrorCode, ExitCode>> = {
  ERR_MODEL_NOT_FOUND: EXIT_CODES.notFound,
  ERR_MODEL_DISABLED: EXIT_CODES.refused,
  ERR_REVISION_NOT_FOUND: EXIT_CODES.notFound,
  ERR_ACCESS_REFUSED: EXIT_CODES.refused,
  ERR_FILE_NOT_FOUND: EXIT_CODES.notFound,
  ERR_MODEL_ID: EXIT_CODES.usage,
  ERR_HUB_UNREACHABLE: EXIT_CODES.unreachable,
  ERR_HUB_STATUS: EXIT_CODES.unexpected,
  ERR_TOKEN_INVALID: EXIT_CODES.refused,
  ERR_RATE_LIMITED: EXIT_CODES.unexpected,
  ERR_HUB_ANSWER: EXIT_CODES.unexpected,
  ERR_OFFLINE: EXIT_CODES.unreachable,
  ERR_ENDPOINT: EXIT_CODES.usage,
  ERR_NO_SPACE: EXIT_CODES.noSpace,
  ERR_SETTING: EXIT_CODES.usage,
  ERR_STORE: EXIT_CODES.unexpected,
  ERR_STORE_NEWER: EXIT_CODES.unexpected,
  ERR_FILES_NOT_FOUND: EXIT_CODES.notFound,
  ERR_NOT_CACHED: EXIT_CODES.notFound,
  ERR_JOB_NOT_FOUND: EXIT_CODES.notFound,
  ERR_JOB_STATE: EXIT_CODES.usage,
  ERR_UNSAFE_PATH: EXIT_CODES.integrity,
  ERR_INTEGRITY: EXIT_CODES.integrity,
  ERR_FILE_HEADER: EXIT_CODES.integrity,
  ERR_WRITE: EXIT_CODES.unexpected,
  ERR_CURATED_DATA: EXIT_CODES.unexpected,
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Error && 'code' in error && isErrorCode(error.code)) return byErrorCode[error.code]
  if (error instanceof UsageError) return EXIT_CODES.usage
  if (error instanceof Error && error.name === 'AbortError') return EXIT_CODES.interrupted
  return EXIT_CODES.unexpected
}

/** The worst of several decides: 1, then 5, 3, 4, 0. States that were allowed count as done. */
export function accessExitCode(answers: readonly AccessAnswer[], allowed: readonly AccessState[]): ExitCode {
  const codes = new Set(
    answers.map((answer) => (allowed.includes(answer.state) ? EXIT_CODES.done : codeOfAnswer(answer))),
  )
  const { unexpected, unreachable, notFound, refused, done } = EXIT_CODES
  return [unexpected, unreachable, notFound, refused].find((code) => codes.has(code)) ?? done
}

/** The worst of several downloads decides: 1, then 5, 7, 6, 3, 4, 2, 0. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const { unexpected, unreachable, noSpace, integrity, notFound, refused, usage, done } = EXIT_CODES
  const order = [unexpected, unreachable, noSpace, integrity, notFound, refused, usage]
  return order.find((code) => codes.includes(code)) ?? done
}

function codeOfAnswer({ state, failure }: AccessAnswer): ExitCode {
  if (isOpen(state)) return EXIT_CODES.done
  if (state === 'hidden') return EXIT_CODES.notFound
  return state === 'unknown' && failure !== undefined ? byErrorCode[failure.code] : EXIT_CODES.refused
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(byErrorCode, code)
}

/** The command line asks for something that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

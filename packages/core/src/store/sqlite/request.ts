import type { ErrorCode, ErrorDetails } from '../../errors.ts'
import type { Repositories } from '../repositories.ts'

/** One call of a repository's method, as it travels to where the database is. */
export interface Request {
  readonly repository: keyof Repositories
  readonly method: string
  readonly args: readonly unknown[]
  /** The store's clock at the moment of the call; `undefined`: that of this machine, at the moment it is read. */
  readonly nowMs: number | undefined
}

export interface Answer {
  readonly value: unknown
  /** What people should know since the last answer. */
  readonly notices: readonly string[]
}

/** Between threads: replies come in the order of the requests. */
export type Message = Request | 'close'
export type Reply = { readonly answer: Answer } | { readonly failure: Failure } | 'closed'

/** An error as a thread can hand it over: what it carries besides its message would be lost. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: ErrorCode | undefined
  readonly details: ErrorDetails[ErrorCode] | undefined
}

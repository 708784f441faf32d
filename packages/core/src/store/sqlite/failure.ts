import { HubgateError } from '../../errors.ts'
import type { Failure } from './request.ts'

export function toFailure(error: unknown): Failure {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const known = error instanceof HubgateError ? error : undefined
  return { name, message, stack, code: known?.code, details: known?.details }
}

export function fromFailure({ name, message, stack, code, details }: Failure): Error {
  if (code !== undefined && details !== undefined) return new HubgateError(code, message, details)
  const error =
    name === 'RangeError' ? new RangeError(message) : name === 'TypeError' ? new TypeError(message) : new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}

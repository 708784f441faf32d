import type { LiveRepository } from '../live-repository.ts'
import { liveAnswerOperations } from './live-answers.ts'
import { liveModelOperations } from './live-models.ts'
import type { OperationContext, Operations } from './operations.ts'

export function liveOperations(context: OperationContext): Operations<LiveRepository> {
  return { ...liveAnswerOperations(context), ...liveModelOperations(context) }
}

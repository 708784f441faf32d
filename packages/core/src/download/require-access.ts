import type { AccessAnswer } from '../access/access-answer.ts'
import { type AccessState, accessBadge, isOpen } from '../access/access-state.ts'
import type { AccessChecker } from '../access/check/checker.ts'
import { watchAccess } from '../access/check/watch-access.ts'
import { HubgateError } from '../errors.ts'
import type { HubModel } from '../hub/hub-model.ts'
import type { DownloadEvent } from './events.ts'

export interface RequireAccessOptions {
  /** Wait for a gate that somebody can still open. */
  readonly whenGranted: boolean
  /** What the Hub has just told of the model. */
  readonly details?: HubModel | undefined
  readonly signal: AbortSignal
  readonly onEvent: (event: DownloadEvent) => void
}

/** Gates that open without another token: by accepting terms, by asking, by an answer of the authors. */
export const openableStates: readonly AccessState[] = ['terms', 'approval', 'pending', 'reset']

/**
 * Lets nobody on whom the Hub would refuse later: asked before the first byte.
 * @throws {HubgateError} `ERR_ACCESS_REFUSED` with state and next step; `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_DISABLED`
 */
export async function requireAccess(
  checker: AccessChecker,
  modelId: string,
  options: RequireAccessOptions,
): Promise<void> {
  const { whenGranted, details, signal, onEvent } = options
  for await (const answer of watchAccess(checker, modelId, { signal, details })) {
    if (isOpen(answer.state)) return
    if (!whenGranted || !openableStates.includes(answer.state)) throw refusedError(answer)
    const { state, nextStep } = answer
    onEvent({ type: 'waiting', reason: 'access', delayMs: undefined, path: undefined, state, nextStep })
  }
}

/** What to throw for an answer that lets nobody in. */
export function refusedError(answer: AccessAnswer, options: ErrorOptions = {}): HubgateError {
  const { id: modelId, state, hubMessage, failure } = answer
  if (state === 'unknown' && failure !== undefined) return failureError(failure)
  const nextStep = { ...answer.nextStep }
  const { sentence } = accessBadge(state)
  if (state === 'hidden') {
    // To who has no token the Hub says "Invalid username or password", which nobody was asked for.
    const details = { modelId, suggestions: [], nextStep }
    return new HubgateError('ERR_MODEL_NOT_FOUND', `Cannot find ${modelId}: ${sentence}`, details, options)
  }
  const said = hubMessage === undefined ? '' : ` The Hub says: "${hubMessage}"`
  const details = { modelId, state, hubMessage, nextStep }
  return new HubgateError('ERR_ACCESS_REFUSED', `Cannot get ${modelId}: ${sentence}${said}`, details, options)
}

/** The answer keeps of a failure its code and sentence; the rest is not known any more. */
function failureError({ code, message }: NonNullable<AccessAnswer['failure']>): HubgateError {
  if (code === 'ERR_HUB_ANSWER') return new HubgateError(code, message, { url: '', reason: 'shape' })
  if (code === 'ERR_RATE_LIMITED') {
    const refusal = { url: '', status: 429, hubCode: undefined, hubMessage: undefined, requestId: undefined }
    return new HubgateError('ERR_RATE_LIMITED', message, { ...refusal, retryAfterMs: undefined })
  }
  return new HubgateError('ERR_HUB_UNREACHABLE', message, { endpoint: '' })
}

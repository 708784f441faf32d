import { HubgateError, type HubRefusal } from '../errors.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import { isObject } from '../util/json.ts'
import type { HubAnswer } from './answer.ts'
import { shownUrl } from './byte-address.ts'

/** What this answer says of its refusal, cleaned for the eye. */
export function describeRefusal(answer: HubAnswer): HubRefusal {
  return {
    url: answer.url,
    status: answer.status,
    hubCode: header(answer, 'x-error-code'),
    hubMessage: header(answer, 'x-error-message') ?? bodyMessage(answer),
    requestId: header(answer, 'x-request-id'),
  }
}

/** What of a model was asked for, where it was not the model itself. */
export interface AskedOf {
  readonly revision?: string | undefined
  readonly path?: string | undefined
}

/** The refusals that every call can meet, in the order of the Python client. @see hub-protocol 0.3 */
export function refusalError(answer: HubAnswer, modelId?: string, { revision, path }: AskedOf = {}): HubgateError {
  const refusal = describeRefusal(answer)
  const said = refusal.hubMessage === undefined ? '' : `: the Hub says "${refusal.hubMessage}"`
  if (refusal.status === 401 && isBadToken(refusal)) {
    return new HubgateError('ERR_TOKEN_INVALID', `Cannot use this token${said}`, refusal)
  }
  if (modelId !== undefined && refusal.hubCode === 'RevisionNotFound') {
    return new HubgateError(
      'ERR_REVISION_NOT_FOUND',
      `Cannot find ${revision === undefined ? 'that revision' : `the revision "${stripControlCharacters(revision)}"`} of ${modelId}${said}`,
      { ...refusal, modelId, revision },
    )
  }
  if (modelId !== undefined && path !== undefined && refusal.hubCode === 'EntryNotFound') {
    const message = `Cannot find ${stripControlCharacters(path)} in ${modelId}: there is no such file`
    return new HubgateError('ERR_FILE_NOT_FOUND', message, { ...refusal, modelId, path })
  }
  if (modelId !== undefined && isDisabled(refusal)) {
    return new HubgateError('ERR_MODEL_DISABLED', `Cannot use ${modelId}: the Hub has taken it down`, {
      ...refusal,
      modelId,
    })
  }
  if (modelId !== undefined && (refusal.hubCode === 'GatedRepo' || refusal.status === 403)) {
    const details = { ...refusal, modelId, state: undefined, nextStep: undefined }
    return new HubgateError('ERR_ACCESS_REFUSED', `Cannot get the files of ${modelId}${said}`, details)
  }
  if (modelId !== undefined && (refusal.status === 404 || refusal.status === 401)) {
    return new HubgateError(
      'ERR_MODEL_NOT_FOUND',
      `Cannot find ${modelId}: it does not exist, or is private to others`,
      { ...refusal, modelId, suggestions: [] },
    )
  }
  return new HubgateError(
    'ERR_HUB_STATUS',
    `Cannot get ${shownUrl(new URL(answer.url))}: the Hub answered ${refusal.status}${said}`,
    refusal,
  )
}

/** With an answer that is no success: is it the token that the Hub refuses? */
export function isBadToken(refusal: HubRefusal): boolean {
  return refusal.hubMessage?.includes('Invalid credentials in Authorization header') ?? false
}

/** Only the text says so; no code is known for it. @see hub-protocol 0.3 */
export function isDisabled(refusal: HubRefusal): boolean {
  return refusal.status === 403 && (refusal.hubMessage?.includes('Access to this resource is disabled') ?? false)
}

const MAX_MESSAGE_LENGTH = 500

function header(answer: HubAnswer, name: string): string | undefined {
  const value = answer.headers[name]
  return value === undefined ? undefined : stripControlCharacters(value).slice(0, MAX_MESSAGE_LENGTH) || undefined
}

function bodyMessage(answer: HubAnswer): string | undefined {
  let text = answer.body.length <= 10_000 ? answer.body : ''
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value) && typeof value['error'] === 'string') text = value['error']
  } catch {
    // Plain text on file routes, HTML on pages.
    if (answer.headers['content-type']?.includes('html')) text = ''
  }
  return stripControlCharacters(text).slice(0, MAX_MESSAGE_LENGTH) || undefined
}

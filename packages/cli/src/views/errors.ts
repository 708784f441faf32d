import type { Colour } from '@hubgate/core/access'
import { type ErrorDetails, hasErrorCode } from '@hubgate/core/errors'
import { DEFAULT_ENDPOINT, tokensPage } from '@hubgate/core/settings'
import { stripControlCharacters } from '@hubgate/core/util'
import { type Context, linesOf } from '../context.ts'
import { UsageError } from '../exit-codes.ts'
import { createPaint } from './paint.ts'

/** The model that an error is about. */
export interface ErrorSubject {
  readonly modelId: string
  /** Then it is named where the error does not. */
  readonly isOneOfSeveral: boolean
}

/** One line of what happened, one of what to do next; the rest only when asked for. */
export function printError(
  context: Pick<Context, 'err' | 'verbose'>,
  error: unknown,
  { modelId, isOneOfSeveral }: ErrorSubject = { modelId: '', isOneOfSeveral: false },
): void {
  const paint = createPaint(context.err.color)
  const text = error instanceof Error ? error.message : String(error)
  const isNamed = !isOneOfSeveral || text.toLowerCase().includes(modelId.toLowerCase())
  const message = isNamed ? text : `${modelId}: ${text}`
  const hint = hintFor(error, modelId)
  const told = (head: string, colour: Colour, rest: string): string[] => {
    const [first = '', ...more] = linesOf(context.err, `${head} ${clean(rest)}`)
    return [paint(head, colour) + first.slice(head.length), ...more]
  }
  const lines = [...told('error:', 'red', message), ...(hint === undefined ? [] : told('hint:', 'blue', hint))]
  if (context.verbose && error instanceof Error) lines.push(...detailsOf(error))
  for (const line of lines) context.err.write(`${line}\n`)
}

/** @param modelId the model that the error is about, where there is one */
export function hintFor(error: unknown, modelId = ''): string | undefined {
  if (error instanceof UsageError) return error.hint
  if (hasErrorCode(error, 'ERR_MODEL_NOT_FOUND')) {
    const { suggestions, nextStep } = error.details
    if (nextStep !== undefined) return `${nextStep.text}: ${nextStep.url}`
    return suggestions.length > 0
      ? `did you mean ${suggestions.join(', ')}?`
      : 'check the spelling, or sign in if it is private: `hubgate search` finds ids'
  }
  if (hasErrorCode(error, 'ERR_ACCESS_REFUSED')) {
    const { nextStep, modelId } = error.details
    return nextStep === undefined ? `\`hubgate access ${modelId}\` says why` : `${nextStep.text}: ${nextStep.url}`
  }
  if (hasErrorCode(error, 'ERR_NO_SPACE'))
    return '`hubgate cache ls` shows what could go; --local-dir puts the files elsewhere; --ignore-space begins all the same'
  if (hasErrorCode(error, 'ERR_INTEGRITY')) return 'what came was not kept; try again later, or tell the Hub'
  if (hasErrorCode(error, 'ERR_UNSAFE_PATH'))
    return /^a (?:link|file) /.test(error.details.danger)
      ? 'look what it is, then move it away'
      : 'nothing was written; `--exclude` leaves a file out'
  if (hasErrorCode(error, 'ERR_REVISION_NOT_FOUND')) return 'the model page lists its branches and tags'
  if (hasErrorCode(error, 'ERR_MODEL_ID'))
    return 'an id looks like meta-llama/Llama-3.1-8B-Instruct; `hubgate search` finds them'
  if (hasErrorCode(error, 'ERR_HUB_STATUS') || hasErrorCode(error, 'ERR_HUB_UNREACHABLE')) {
    const { storageHost } = error.details
    const isItsOwnFault = 'status' in error.details && error.details.status >= 500
    if (storageHost !== undefined && !isItsOwnFault)
      return `the Hub itself answers: where this stays, let your proxy or firewall allow ${storageHost} too`
  }
  if (hasErrorCode(error, 'ERR_HUB_UNREACHABLE'))
    return '`hubgate doctor` looks for the cause; `--offline` asks nobody, and uses what is here'
  if (hasErrorCode(error, 'ERR_HUB_ANSWER') && error.details.reason === 'html')
    return 'the network may want a sign-in first: open any page in a browser, then try again'
  if (hasErrorCode(error, 'ERR_HUB_ANSWER') || hasErrorCode(error, 'ERR_HUB_STATUS'))
    return 'try again later; where it stays, look whether HF_ENDPOINT leads to a Hub'
  if (hasErrorCode(error, 'ERR_OFFLINE')) {
    const { available = [] } = error.details
    const meant = available.length > 0 ? `did you mean ${available.slice(0, 5).join(', ')}? else ` : ''
    return `${meant}without that, the Hub is asked`
  }
  if (hasErrorCode(error, 'ERR_TOKEN_INVALID')) return `make a new token at ${tokensPage(originOf(error.details.url))}`
  if (hasErrorCode(error, 'ERR_SETTING')) return 'correct it, or take it away to go on with the defaults'
  if (hasErrorCode(error, 'ERR_ENDPOINT')) return 'look at HF_ENDPOINT, --endpoint and "endpoint" in config.json'
  if (hasErrorCode(error, 'ERR_RATE_LIMITED')) return 'wait as it says; with a token the Hub allows more calls'
  if (hasErrorCode(error, 'ERR_STORE')) return '`hubgate doctor` looks at the folder; HUBGATE_HOME names another'
  if (hasErrorCode(error, 'ERR_JOB_NOT_FOUND')) return '`hubgate queue list --all` lists what is there'
  if (hasErrorCode(error, 'ERR_JOB_STATE'))
    return error.details.state === 'paused'
      ? '`hubgate queue resume` goes on with it'
      : '`hubgate queue list --all` shows the state each is in'
  if (hasErrorCode(error, 'ERR_FILES_NOT_FOUND') && modelId !== '') return missingFilesHint(error.details, modelId)
  if (hasErrorCode(error, 'ERR_NOT_CACHED')) {
    const { available } = error.details
    return available.length > 0
      ? `there is ${available.slice(0, 5).join(', ')}`
      : '`hubgate cache ls` lists what is there'
  }
  if (hasErrorCode(error, 'ERR_CURATED_DATA')) return 'install hubgate again'
  return undefined
}

function missingFilesHint(
  { wanted, available }: ErrorDetails['ERR_FILES_NOT_FOUND'],
  modelId: string,
): string | undefined {
  // The message names what there is, or that there is nothing.
  if (available.length > 0 || wanted === 'any file') return undefined
  return wanted.startsWith('the quantization')
    ? `\`hubgate fit ${modelId}\` says who has it in smaller formats`
    : `\`hubgate get ${modelId} --all --dry-run\` lists what is there`
}

/** The Hub that refused; an error that went through a file may not say. */
function originOf(url: string): string {
  return URL.parse(url)?.origin ?? DEFAULT_ENDPOINT
}

/** The chain of causes: for bug reports. Holds no secret, since messages never do. */
function detailsOf(error: Error): string[] {
  const lines: string[] = []
  if ('code' in error && typeof error.code === 'string') lines.push(`  code: ${clean(error.code)}`)
  if ('details' in error) lines.push(`  details: ${clean(JSON.stringify(error.details))}`)
  for (let cause = error.cause; cause instanceof Error && lines.length < 12; cause = cause.cause)
    lines.push(`  because: ${clean(cause.message)}`)
  if (error.name !== 'HubgateError' && error.stack !== undefined)
    lines.push(...error.stack.split('\n').slice(1, 8).map(clean))
  return lines
}

function clean(text: string): string {
  return stripControlCharacters(text).slice(0, 2000)
}

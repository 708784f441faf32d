import { HubgateError, hasErrorCode } from '../errors.ts'
import { mayLeadTo, shownUrl } from './byte-address.ts'
import type { HubClient } from './client.ts'
import { parseContentRange, parseUnsatisfiedRange } from './content-range.ts'
import { explainFailure } from './network-failure.ts'
import { askedWaitMs } from './rate-limit.ts'
import { describeRefusal, refusalError } from './refusal.ts'
import type { ResolvedFile } from './resolve-file.ts'
import type { FailedTransfer } from './retry.ts'
import type { ByteAnswer } from './transport.ts'

/** From `start` to before `end`, in bytes. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Bytes of a file as they arrive. They may begin before what was asked for, where ranges are not known to the server. */
export interface OpenedRange {
  /** Whose answer it is. */
  readonly url: URL
  readonly startsAt: number
  /** Before which byte the body ends; `undefined` where the answer does not say. */
  readonly endsAt: number | undefined
  readonly body: ByteAnswer['body']
  readonly isAhead: ByteAnswer['isAhead']
  cancel(): void
}

/** A try that brought no bytes, and what it may mean to try again. */
export interface MissedRange {
  /** Of whoever was asked last. */
  readonly origin: string
  readonly failure: FailedTransfer['failure']
  readonly retryAfterMs: number | undefined
  /** What to say when this was the last try. */
  readonly error: HubgateError
}

export interface OpenRangeOptions {
  readonly signal?: AbortSignal | undefined
  readonly stallMs?: number
}

const MAX_REDIRECTS = 3
const LARGE_BYTES = 256 * 1024

/**
 * Asks once for a part of a file, and takes nothing for it but that part.
 * @throws {HubgateError} what the Hub refuses for good, as `resolveFile`
 */
export async function openRange(
  client: HubClient,
  file: ResolvedFile,
  range: ByteRange,
  options: OpenRangeOptions = {},
): Promise<OpenedRange | MissedRange> {
  const followed = await follow(client, file, range, options)
  if (followed === undefined) return astray(file)
  const { url, answer } = followed
  if (answer instanceof Unanswered) {
    const { cause } = answer
    if (cause instanceof HubgateError || options.signal?.aborted) throw cause
    const { failure, error } = explainFailure(cause, url, client.settings)
    if (failure === undefined) throw error
    return { origin: url.origin, failure, retryAfterMs: undefined, error }
  }
  const problem = answerProblem(answer, file, range)
  if (problem === undefined && answer.status === 206) return opened(answer, url, range.start)
  if (problem === undefined && answer.status === 200) return opened(answer, url, 0)
  answer.cancel()
  return problem === undefined ? judgeRefusal(client, file, answer, url) : missed(file, problem, answer)
}

/** The network's own error in place of an answer: of which address, only `follow` knows. */
class Unanswered extends Error {}

/** `undefined` where it leads nowhere. Small files lie behind a redirect on the Hub itself, the others behind an address that is already known. */
async function follow(
  client: HubClient,
  file: ResolvedFile,
  { start, end }: ByteRange,
  options: OpenRangeOptions,
): Promise<{ answer: ByteAnswer | Unanswered; url: URL } | undefined> {
  // The range of an empty file cannot be written, and a whole file needs none.
  const headers: Record<string, string> =
    start === 0 && end === file.sizeBytes ? {} : { range: `bytes=${start}-${end - 1}` }
  let url = file.downloadUrl
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await client
      .open(url, { headers, isLarge: end - start >= LARGE_BYTES, ...options })
      .catch((cause: unknown) => new Unanswered('no answer', { cause }))
    if (answer instanceof Unanswered) return { answer, url }
    const location = answer.headers['location']
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return { answer, url }
    answer.cancel()
    const target = URL.parse(location, url.href)
    if (target === null || !mayLeadTo(url, target)) return undefined
    url = target
  }
  return undefined
}

function opened(answer: ByteAnswer, url: URL, startsAt: number): OpenedRange {
  const length = answer.headers['content-length']
  const endsAt = length === undefined ? undefined : startsAt + Number(length)
  return { url, startsAt, endsAt, body: answer.body, isAhead: answer.isAhead, cancel: () => answer.cancel() }
}

/** What is wrong with an answer that claims to be bytes of this file, or to know where it ends. */
function answerProblem(
  { status, headers }: ByteAnswer,
  file: ResolvedFile,
  range: ByteRange,
): HubgateError | undefined {
  if (status === 416) {
    const sizeBytes = parseUnsatisfiedRange(headers['content-range'])
    return sizeBytes === undefined ? undefined : sizeProblem(file, sizeBytes)
  }
  if (status !== 200 && status !== 206) return undefined
  if (!['', 'identity'].includes(headers['content-encoding'] ?? '')) return odd(file, 'it comes packed')
  if (status === 200) {
    const length = headers['content-length']
    return length === undefined ? undefined : sizeProblem(file, Number(length))
  }
  const got = parseContentRange(headers['content-range'])
  if (got === undefined) return odd(file, 'it does not say which bytes came')
  if (got.first !== range.start || got.last >= range.end) return odd(file, `bytes ${got.first}-${got.last} came`)
  return got.total === undefined ? undefined : sizeProblem(file, got.total)
}

/** Whoever listed it was wrong, or whoever keeps it. */
function sizeProblem({ path, sizeBytes }: ResolvedFile, actual: number): HubgateError | undefined {
  if (actual === sizeBytes) return undefined
  const message = `Cannot get ${path}: it has ${actual} bytes, not the ${sizeBytes} that the Hub announced`
  return new HubgateError('ERR_INTEGRITY', message, { path, expected: `${sizeBytes} bytes`, actual: `${actual} bytes` })
}

/** A hotel's network that wants to be paid leads astray as well, and only for a while. */
function astray(file: ResolvedFile): MissedRange {
  const message = `Cannot get ${file.path}: its address leads nowhere`
  return missed(file, new HubgateError('ERR_HUB_ANSWER', message, detailsOf(file, 'redirect')))
}

function odd(file: ResolvedFile, problem: string): HubgateError {
  const message = `Cannot get ${file.path}: ${problem}, not what the Hub announced`
  return new HubgateError('ERR_HUB_ANSWER', message, detailsOf(file, 'range'))
}

function detailsOf({ downloadUrl }: ResolvedFile, reason: string): { url: string; reason: string } {
  return { url: shownUrl(downloadUrl), reason }
}

/** Who knows ranges and another size keeps another file: only a fresh address can lead to the right one. */
function missed({ downloadUrl }: ResolvedFile, error: HubgateError, answer?: ByteAnswer): MissedRange {
  const isOther = hasErrorCode(error, 'ERR_INTEGRITY') && answer?.status !== 200
  return { origin: downloadUrl.origin, failure: isOther ? 'stale' : 'odd', retryAfterMs: undefined, error }
}

/** A refusal of the Hub is meant; one of the place that keeps the bytes means that its address is too old. @see hub-protocol 6.4 */
function judgeRefusal(client: HubClient, file: ResolvedFile, answer: ByteAnswer, url: URL): MissedRange {
  const { status, headers } = answer
  const { origin } = url
  const whole = { status, headers, body: '', url: shownUrl(url), redirectedFrom: undefined }
  if (status === 429) {
    const waitMs = askedWaitMs(headers, new Date())
    const details = { ...describeRefusal(whole), retryAfterMs: waitMs }
    const error = new HubgateError('ERR_RATE_LIMITED', `Cannot get ${file.path}: the Hub asks to slow down`, details)
    return { origin, failure: 429, retryAfterMs: waitMs, error }
  }
  const isHub = origin === client.settings.endpoint.origin
  const message = `Cannot get ${file.path}: ${url.host} answered ${status}`
  const refusal = { ...describeRefusal(whole), ...(isHub ? {} : { storageHost: url.host }) }
  const error = new HubgateError('ERR_HUB_STATUS', message, refusal)
  if (status === 408 || status >= 500) return { origin, failure: status, retryAfterMs: undefined, error }
  if (isHub && status !== 416) throw refusalError(whole, file.modelId, { revision: file.commitHash, path: file.path })
  return { origin, failure: 'stale', retryAfterMs: undefined, error }
}

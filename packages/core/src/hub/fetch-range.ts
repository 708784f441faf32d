import { setTimeout as sleep } from 'node:timers/promises'
import { HubgateError, hasErrorCode } from '../errors.ts'
import { shownUrl } from './byte-address.ts'
import type { HubClient } from './client.ts'
import type { FileAddress } from './file-address.ts'
import { explainBrokenBody, mayComeBack } from './network-failure.ts'
import { type ByteRange, type MissedRange, type OpenedRange, openRange } from './open-range.ts'
import type { ResolvedFile } from './resolve-file.ts'
import { transferRetryDelayMs } from './retry.ts'
import { Trickle } from './trickle.ts'

/** A pause in a transfer, and why. */
export interface TransferWait {
  readonly failure: MissedRange['failure']
  readonly delayMs: number
}

export interface FetchRangeOptions {
  /**
   * Takes the next bytes of the range, in order and each once. They are good until the promise it gives is settled.
   * A `false` ends the transfer there.
   */
  readonly onBytes: (bytes: Uint8Array) => Promise<void | false> | void | false
  readonly onWait?: ((wait: TransferWait) => void) | undefined
  /** A server that knows no ranges sends the file from its start: how much of it may be thrown away to get at the range. */
  readonly maxSkipBytes: number
  /**
   * Whence bytes came in the download that this is a part of; those of this range are added. A host that was right a moment ago
   * is waited for; one that was never reached may be shut out by a firewall. @default only those of this range count
   */
  readonly reached?: Set<string> | undefined
  /** How long a network that is away is waited for, once bytes had come. @default 120_000 */
  readonly patienceMs?: number | undefined
  readonly stallMs?: number
  readonly signal?: AbortSignal | undefined
}

/** At least this, or a sixteenth of what was asked for where that is less. */
const FAIR_BYTES = 4096

/** How a range came. */
export interface FetchedRange {
  /** The line is faster than whoever took the bytes: they lay in the system's memory, where a crash loses them. */
  readonly isAhead: boolean
}

/** The server sends whole files only, and what is wanted lies too far behind its start. */
export class RangesIgnoredError extends Error {
  override readonly name = 'RangesIgnoredError'
}

/**
 * Fetches a range of a file over one connection, going on where it stopped until it is whole.
 * @throws {HubgateError} when nothing came several times in a row, or the Hub refuses for good
 * @throws {RangesIgnoredError}
 */
export async function fetchRange(
  client: HubClient,
  address: FileAddress,
  range: ByteRange,
  options: FetchRangeOptions,
): Promise<FetchedRange> {
  const { signal, onWait, reached = new Set(), patienceMs } = options
  let [position, attempt, sinceMs] = [range.start, 0, performance.now()]
  let stale: ResolvedFile | undefined
  let isAhead = false
  while (position < range.end) {
    const file = await locate(client, address, stale, signal)
    const outcome = await fetchOnce(client, file, { start: position, end: range.end }, { ...options, reached })
    isAhead = outcome.isAhead
    if (outcome.isEnough === true) break
    attempt = isFair(outcome.position, { start: position, end: range.end }) ? 1 : attempt + 1
    if (outcome.position > position) sinceMs = performance.now()
    position = outcome.position
    // All that was announced came; the rest of what was asked for comes the same way.
    if (outcome.missed === undefined) continue
    const { failure, error, origin } = outcome.missed
    const delayMs = transferRetryDelayMs({
      ...outcome.missed,
      attempt,
      random: Math.random(),
      hasBegun: reached.has(origin),
      silentMs: performance.now() - sinceMs,
      patienceMs,
    })
    if (delayMs === undefined) throw error
    onWait?.({ failure, delayMs })
    await sleep(delayMs, undefined, signal ? { signal } : {})
    stale = 'error' in file || (failure !== 'stale' && failure !== 'odd') ? undefined : file
  }
  return { isAhead }
}

/** Where the bytes are: another connection may have renewed it meanwhile. That nobody can be asked is a missed try like others. */
async function locate(
  client: HubClient,
  address: FileAddress,
  stale: ResolvedFile | undefined,
  signal: AbortSignal | undefined,
): Promise<ResolvedFile | MissedRange> {
  try {
    return await (stale === undefined ? address.get(signal) : address.renew(stale, signal))
  } catch (error) {
    // What would pass in a second has been tried again by whoever asked.
    if (!hasErrorCode(error, 'ERR_HUB_UNREACHABLE') || !mayComeBack(error)) throw error
    return { origin: client.settings.endpoint.origin, failure: 'away', retryAfterMs: undefined, error }
  }
}

interface Outcome {
  /** Before which byte everything of the range has been taken. */
  readonly position: number
  readonly isAhead: boolean
  /** `undefined` where all came that the answer announced, which may be less than was asked for. */
  readonly missed: MissedRange | undefined
  /** Whoever takes the bytes wants no more. */
  readonly isEnough?: true
}

async function fetchOnce(
  client: HubClient,
  file: ResolvedFile | MissedRange,
  range: ByteRange,
  options: FetchRangeOptions & { readonly reached: Set<string> },
): Promise<Outcome> {
  if ('error' in file) return { position: range.start, isAhead: false, missed: file }
  const answer = await openRange(client, file, range, options)
  if ('error' in answer) return { position: range.start, isAhead: false, missed: answer }
  if (range.start - answer.startsAt > options.maxSkipBytes) {
    answer.cancel()
    throw new RangesIgnoredError(`the server sends ${file.path} from its start only`)
  }
  const { endpoint, timeoutMs: stallMs } = client.settings
  // Who led to the bytes was right, too.
  const onReached = (): void => void options.reached.add(answer.url.origin).add(endpoint.origin)
  return takeBody(answer, file, range, { stallMs, ...options, onReached })
}

interface TakeBody {
  readonly stallMs: number
  readonly onReached: () => void
}

async function takeBody(
  answer: OpenedRange,
  file: ResolvedFile,
  range: ByteRange,
  { onBytes, onReached, signal, stallMs }: FetchRangeOptions & TakeBody,
): Promise<Outcome> {
  let [at, position] = [answer.startsAt, range.start]
  const parts = answer.body[Symbol.asyncIterator]()
  let failure: 'cut' | 'stalled' = 'cut'
  const trickle = new Trickle(stallMs)
  const isAhead = (): boolean => answer.isAhead?.() ?? false
  try {
    for (;;) {
      const askedAt = performance.now()
      const next = await parts.next().catch((error: unknown) => ({ broken: error }))
      if ('broken' in next) {
        signal?.throwIfAborted()
        failure = explainBrokenBody(next.broken)
        break
      }
      if (next.done) break
      const isTrickling = trickle.isTooLittle(next.value.length, performance.now() - askedAt)
      const bytes = cutOut(next.value, at, { start: position, end: range.end })
      at += next.value.length
      if (bytes.length > 0) onReached()
      position += bytes.length
      if (bytes.length > 0 && (await onBytes(bytes)) === false)
        return { position, isAhead: isAhead(), missed: undefined, isEnough: true }
      // Reading on to the announced end keeps the connection for the next range; without an announced end there may be none.
      if (position === range.end && answer.endsAt !== range.end) break
      if (isTrickling) {
        failure = 'stalled'
        break
      }
    }
  } finally {
    // Of no effect on a body that was read to its end.
    answer.cancel()
  }
  const isAsAnnounced = position === range.end || (at === answer.endsAt && isFair(position, range))
  const missed = isAsAnnounced ? undefined : brokenOff(file, answer.url, failure)
  return { position, isAhead: isAhead(), missed }
}

/**
 * A server may give less than was asked for, and is asked for the rest at once; not where that would be a question a byte. What
 * brings less than a fair part is taken for a try that brought nothing: otherwise a byte each would hold a download up for years.
 */
function isFair(position: number, { start, end }: ByteRange): boolean {
  return position - start >= Math.min(FAIR_BYTES, (end - start) / 16)
}

/** Of bytes that begin at `at`, those of the range. */
function cutOut(bytes: Uint8Array, at: number, { start, end }: ByteRange): Uint8Array {
  return bytes.subarray(Math.max(0, start - at), Math.max(0, end - at))
}

function brokenOff({ path }: ResolvedFile, url: URL, failure: 'cut' | 'stalled'): MissedRange {
  const message = `Cannot get ${path}: ${url.host} ${failure === 'cut' ? 'breaks off again and again' : 'has gone silent'}`
  const error = new HubgateError('ERR_HUB_ANSWER', message, { url: shownUrl(url), reason: failure })
  return { origin: url.origin, failure, retryAfterMs: undefined, error }
}

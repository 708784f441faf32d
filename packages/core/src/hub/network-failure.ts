import { HubgateError } from '../errors.ts'
import type { Settings } from '../settings/settings.ts'
import { BodyBrokenError, BodyTooLargeError, MAX_BODY_BYTES } from './transport.ts'
import { explainUnreachable, networkCode, type Outlook } from './unreachable.ts'

/** What the network threw, as people and the retry rule see it. */
export interface NetworkFailure {
  readonly error: HubgateError
  /** Set where trying again might help, or might have helped before. */
  readonly failure?: 'unreachable' | 'away' | 'timeout' | 'odd'
}

const failureOf: Readonly<Record<Outlook, NetworkFailure['failure']>> = {
  passing: 'unreachable',
  away: 'away',
  silent: 'timeout',
  odd: 'odd',
  lasting: undefined,
}

/** Says what an exception of the network means. Names the host only: the rest of an address may be signed. */
export function explainFailure(
  error: unknown,
  url: URL,
  { endpoint, timeoutMs }: Pick<Settings, 'endpoint' | 'timeoutMs'>,
): NetworkFailure {
  if (error instanceof BodyTooLargeError) {
    const message = `Cannot read the Hub's answer: it is larger than ${MAX_BODY_BYTES >> 20} MiB`
    return { error: new HubgateError('ERR_HUB_ANSWER', message, { url: url.href, reason: 'size' }) }
  }
  if (error instanceof BodyBrokenError) {
    const details = { url: url.href, reason: 'broken' }
    return {
      // Silence would be waited for again; a connection that was cut may hold the next time.
      ...(explainBrokenBody(error.cause) === 'cut' ? { failure: 'unreachable' } : {}),
      error: new HubgateError('ERR_HUB_ANSWER', "Cannot read the Hub's answer: it broke off", details, {
        cause: error,
      }),
    }
  }
  const { kind, why, outlook } = explainUnreachable(error, timeoutMs)
  const failure = failureOf[outlook]
  const isHub = url.origin === endpoint.origin
  const where = isHub ? `the Hub at ${url.host}` : `${url.host}, where the Hub keeps its files`
  return {
    ...(failure === undefined ? {} : { failure }),
    error: new HubgateError(
      'ERR_HUB_UNREACHABLE',
      `Cannot reach ${where}: ${why}`,
      { endpoint: url.origin, timeoutMs, kind, ...(isHub ? {} : { storageHost: url.host }) },
      { cause: error },
    ),
  }
}

/** What ended a body before its end. */
export function explainBrokenBody(error: unknown): 'stalled' | 'cut' {
  return ['UND_ERR_BODY_TIMEOUT', 'TimeoutError'].includes(networkCode(error)) ? 'stalled' : 'cut'
}

/** A network comes back by itself; a certificate, the name of a proxy or a server that speaks no HTTP is for a person to put right. */
export function mayComeBack({ details }: HubgateError<'ERR_HUB_UNREACHABLE'>): boolean {
  return details.kind !== undefined && !['certificate', 'clock', 'garbled'].includes(details.kind)
}

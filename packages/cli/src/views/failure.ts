import type { SourceName } from '@hubgate/core/catalog'
import { hasErrorCode } from '@hubgate/core/errors'
import { stripControlCharacters } from '@hubgate/core/util'

/** In half a sentence, what is missing from an answer because that source could not give it. */
export function describeMissing(source: SourceName, error: unknown): string {
  if (source === 'live') return describeFailure(error)
  const message = error instanceof Error ? error.message : String(error)
  return `what was seen live earlier cannot be read: ${stripControlCharacters(message)}`
}

/** In half a sentence, why the live half of an answer is missing. */
export function describeFailure(error: unknown): string {
  if (hasErrorCode(error, 'ERR_RATE_LIMITED')) {
    const { retryAfterMs } = error.details
    return retryAfterMs === undefined
      ? 'no live results: the Hub asks to slow down'
      : `no live results: the Hub asks to slow down for ${Math.ceil(retryAfterMs / 1000)} s`
  }
  const message = stripControlCharacters(error instanceof Error ? error.message : String(error))
  return `no live results: ${message.replace(/^Cannot /, 'cannot ')}`
}

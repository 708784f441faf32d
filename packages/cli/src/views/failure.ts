import { hasErrorCode } from '@hubgate/core/errors'
import { stripControlCharacters } from '@hubgate/core/util'

/** In half a sentence, why the live half of an answer is missing. */
export function describeFailure(error: unknown): string {
  if (hasErrorCode(error, 'ERR_RATE_LIMITED')) {
    const { retryAfterMs } = error.details
    return retryAfterMs === undefined
      ? 'the Hub asks to slow down'
      : `the Hub asks to slow down for ${Math.ceil(retryAfterMs / 1000)} s`
  }
  const message = stripControlCharacters(error instanceof Error ? error.message : String(error))
  return `no live results: ${message.replace(/^Cannot /, 'cannot ')}`
}

import { DEFAULT_ENDPOINT, looksLikeToken, tokensPage } from '@hubgate/core/settings'
import { UsageError } from './exit-codes.ts'

/**
 * A token has no place on a command line: every user of the machine sees it there, and the shell writes it down.
 * @throws {UsageError} which does not repeat it
 */
export function refuseTokens(words: readonly string[]): void {
  const isAboutTokens = words.find((word) => !word.startsWith('-')) === 'token'
  if (!words.some((word) => looksLikeToken(word) || (isAboutTokens && /(?:^|=)["']?(?:hf|api)_/.test(word)))) return
  throw new UsageError(
    'Cannot take a token from the command line: others on this machine can read it there',
    `give it to \`hubgate token set\` at its prompt or through a pipe. If this one went into your shell history, revoke it at ${tokensPage(DEFAULT_ENDPOINT)}`,
  )
}

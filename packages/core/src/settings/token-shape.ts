/**
 * What speaks against this text as a token, in words that do not repeat it; `undefined` where nothing does. Whether the Hub
 * knows the token is another question.
 * @see hub-protocol 0.2: `hf_…`, `hf_oauth_…`, `hf_jwt_…`
 */
export function tokenFault(text: string): string | undefined {
  if (text === '') return 'nothing was given'
  if (/\s/.test(text)) return 'there are blanks or line breaks in it: give the token alone, on one line'
  if (/^["'`]/.test(text)) return 'it begins with a quotation mark: leave that out'
  if (text.startsWith('api_org')) return 'it belongs to an organisation: make one of your own account'
  if (!text.startsWith('hf_')) return 'a token begins with hf_'
  if (!/^[\w.-]+$/.test(text)) return 'it holds characters that no token has'
  if (text.length < MIN_LENGTH) return 'it is too short: perhaps only part of it was copied'
  if (text.length > MAX_LENGTH) return 'it is far too long'
  return undefined
}

const MIN_LENGTH = 8
/** An `hf_jwt_…` may carry a whole signed statement. */
const MAX_LENGTH = 4096

/**
 * Could this word of a command line hold a token? Then nobody should repeat it. A word is taken for one when it begins with
 * `hf_` (also after `--option=` or `Bearer `) and goes on as tokens do; `hf_hub_tools` is a name.
 */
export function looksLikeToken(word: string): boolean {
  return /(?:^|[=:\s"'`])(?:hf|api)_(?:oauth_|jwt_|org_)?[A-Za-z0-9.-]{20,}/.test(word)
}

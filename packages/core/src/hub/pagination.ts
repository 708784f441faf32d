import { HubgateError } from '../errors.ts'
import type { HubAnswer } from './answer.ts'

/**
 * What the next page is asked with; `undefined` after the last one. The Hub's address is followed as it stands, but only to
 * the place it came from: it decides where the token goes.
 * @throws {HubgateError} `ERR_HUB_ANSWER` for a link that leads elsewhere
 * @see hub-protocol 1.4
 */
export function nextPageParams(answer: HubAnswer): URLSearchParams | undefined {
  const link = /<([^<>]{1,8192})>\s*;\s*rel="?next"?/.exec(answer.headers['link'] ?? '')?.[1]
  if (link === undefined) return undefined
  const [next, here] = [URL.parse(link, answer.url), new URL(answer.url)]
  if (next === null || next.origin !== here.origin || next.pathname !== here.pathname) {
    throw new HubgateError('ERR_HUB_ANSWER', "Cannot follow the Hub's next page: it leads to another place", {
      url: answer.url,
      reason: 'link',
    })
  }
  return next.searchParams
}

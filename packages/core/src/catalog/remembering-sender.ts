import type { HubAnswer } from '../hub/answer.ts'
import type { HubCall } from '../hub/client.ts'
import type { HubSender } from '../hub/sender.ts'
import type { AnswerKey, LiveRepository, StoredAnswer } from '../store/live-repository.ts'
import type { Backlog } from './backlog.ts'

export interface RememberingOptions {
  readonly live: Pick<LiveRepository, 'findAnswer' | 'putAnswer' | 'touchAnswer'>
  readonly endpoint: string
  /** Whose answers these are; empty for nobody. */
  readonly account: string
  /** Answers are kept behind the answer. */
  readonly backlog: Backlog
  readonly now: () => Date
}

/**
 * Asks the Hub only whether what it said before still holds, and takes the kept answer where it does. The call is counted all
 * the same, but a page of a list is then a hundred bytes instead of some tens of thousands. Where the store fails, it asks in full.
 */
export function rememberingSender(sender: HubSender, options: RememberingOptions): HubSender {
  const { live, endpoint, account, backlog, now } = options
  return {
    async send(call) {
      if ((call.method ?? 'GET') !== 'GET' || call.anonymous === true) return sender.send(call)
      const key = { endpoint, account, url: urlOf(call) }
      const known = await live.findAnswer(key).catch(() => undefined)
      const answer = await sender.send(known === undefined ? call : asCondition(call, known))
      const asOf = now().toISOString()
      if (known !== undefined && answer.status === 304) {
        backlog.add(() => live.touchAnswer(key, known.etag, asOf))
        return asBefore(answer, known)
      }
      const fresh = toStoredAnswer(key, answer, asOf)
      if (fresh !== undefined) backlog.add(() => live.putAnswer(fresh))
      return answer
    },
  }
}

function urlOf({ path, query }: HubCall): string {
  return query?.size ? `${path}?${query.toString()}` : path
}

function asCondition(call: HubCall, { etag }: StoredAnswer): HubCall {
  return { ...call, headers: { ...call.headers, 'if-none-match': etag } }
}

function asBefore(answer: HubAnswer, { etag, body, link }: StoredAnswer): HubAnswer {
  return { ...answer, status: 200, body, headers: { ...answer.headers, etag, ...(link === undefined ? {} : { link }) } }
}

/** A page sent in place of data, or one cut short, must not come back again and again. After a rename, an answer belongs to another address. */
function toStoredAnswer(key: AnswerKey, answer: HubAnswer, asOf: string): StoredAnswer | undefined {
  const { status, headers, body, redirectedFrom } = answer
  const { etag, link } = headers
  if (status !== 200 || etag === undefined || redirectedFrom !== undefined || !isJson(body)) return undefined
  return { ...key, etag, body, asOf, ...(link === undefined ? {} : { link }) }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

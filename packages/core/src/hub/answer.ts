import { HubgateError } from '../errors.ts'

/** One whole answer of the Hub, of whatever status, after redirects. */
export interface HubAnswer {
  /** The address that answered in the end. */
  readonly url: string
  readonly status: number
  /** Names in lower case; of repeated ones all, joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The address first asked, where a redirect led elsewhere: a renamed model. */
  readonly redirectedFrom: string | undefined
}

/**
 * The body as JSON, of a shape nobody has checked yet.
 * @throws {HubgateError} `ERR_HUB_ANSWER` for HTML, cut or otherwise unreadable JSON
 */
export function answerJson(answer: HubAnswer): unknown {
  try {
    // A mark of the byte order is no part of the text. @see WHATWG Encoding, UTF-8 decode
    return JSON.parse(answer.body.replace(/^\uFEFF/, ''))
  } catch {
    refusePage(answer)
    throw new HubgateError('ERR_HUB_ANSWER', "Cannot read the Hub's answer: it is not valid JSON", {
      url: answer.url,
      reason: 'json',
    })
  }
}

/**
 * A network that wants a sign-in first, and a Hub that has gone over to its own sign-in page, say 200 to everything.
 * @throws {HubgateError} `ERR_HUB_ANSWER` for a web page
 */
export function refusePage({ url, body }: HubAnswer): void {
  if (!/^\s*</.test(body)) return
  const message = "Cannot read the Hub's answer: a web page came in place of data"
  throw new HubgateError('ERR_HUB_ANSWER', message, { url, reason: 'html' })
}

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
    return JSON.parse(answer.body)
  } catch {
    const isPage = /^\s*</.test(answer.body)
    throw new HubgateError(
      'ERR_HUB_ANSWER',
      `Cannot read the Hub's answer: ${isPage ? 'a web page came in place of data' : 'it is not valid JSON'}`,
      {
        url: answer.url,
        reason: isPage ? 'html' : 'json',
      },
    )
  }
}

import { hasErrorCode } from '@hubgate/core/errors'
import { type HubLikeness, recogniseHub } from '@hubgate/core/hub'
import { endpointText } from '@hubgate/core/settings'
import type { Check, Checkup } from './checkup.ts'
import { type Finding, isWell, toMend, worthKnowing } from './finding.ts'

/** Does a Hub answer there? */
export const endpoint: Check = {
  name: 'endpoint',
  async look(checkup) {
    const url = endpointText(checkup.settings.endpoint)
    try {
      const { answer, askedAt, answeredAt } = await checkup.firstCall()
      const took = answeredAt.getTime() - askedAt.getTime()
      return [judge(recogniseHub(answer), `${url} answered ${answer.status} in ${took} ms`)]
    } catch (error) {
      return [explain(error, url, checkup)]
    }
  },
}

function judge(likeness: HubLikeness, text: string): Finding {
  switch (likeness) {
    case 'hub':
      return isWell('endpoint', `${text}, as a Hub`)
    case 'like-hub':
      return worthKnowing('endpoint', `${text} with models, but without the headers of a Hub: a mirror?`)
    case 'page':
      return toMend(
        'endpoint',
        `${text} with a web page in place of data`,
        'open it in a browser: the network may want you to sign in; else look at HF_ENDPOINT',
      )
    case 'other':
      return toMend('endpoint', `${text}, but not as a Hub does`, 'look at HF_ENDPOINT: is this the address of a Hub?')
  }
}

function explain(error: unknown, url: string, { settings }: Checkup): Finding {
  const text = error instanceof Error ? error.message : String(error)
  if (hasErrorCode(error, 'ERR_HUB_UNREACHABLE'))
    return toMend(
      'endpoint',
      text,
      `see name and connection; offline all the same: \`hubgate search --source offline\``,
    )
  if (hasErrorCode(error, 'ERR_RATE_LIMITED'))
    return toMend('endpoint', text, settings.token === undefined ? 'wait; with a token the Hub allows more' : 'wait')
  if (hasErrorCode(error, 'ERR_HUB_ANSWER') && error.details.reason === 'redirect')
    return toMend('endpoint', `${url}: ${text}`, 'the network may want you to sign in: open the address in a browser')
  return toMend('endpoint', text, 'try again later; https://status.huggingface.co tells of trouble at the Hub')
}

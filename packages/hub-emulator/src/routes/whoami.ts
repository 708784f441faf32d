import { whoamiOf } from '../accounts/whoami.ts'
import { jsonAnswer } from '../http/answer.ts'
import { unauthorized } from '../http/refusal.ts'
import type { Route } from '../http/route.ts'

export const whoami: Route = {
  name: 'whoami',
  host: 'hub',
  method: 'GET',
  path: '/api/whoami-v2',
  bucket: 'api',
  ownLimit: 'whoami',
  errors: 'json',
  // A bad token gets this route's own words.
  ignoresToken: true,
  handle({ hub, caller }) {
    if (caller.kind !== 'account') throw unauthorized()
    return jsonAnswer(whoamiOf(caller.account, caller.token, hub.models))
  },
}

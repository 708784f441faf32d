import { z } from 'zod'
import { passesUnasked } from '../accounts/rights.ts'
import { jsonAnswer, redirectAnswer } from '../http/answer.ts'
import { Refusal, unauthorized } from '../http/refusal.ts'
import type { Route } from '../http/route.ts'
import { visibleModel } from './open-repo.ts'
import { gatedOnly } from './user-access-request/requests-of.ts'

const fieldsShape = z.record(z.string(), z.unknown())

/** The form on a gated model's page. It answers 303 in every state: that proves nothing, auth-check does. */
export const askAccess: Route = {
  name: 'ask-access',
  host: 'hub',
  method: 'POST',
  path: '/{id}/ask-access',
  bucket: 'pages',
  errors: 'html',
  async handle(exchange) {
    const { hub, caller } = exchange
    const fields = fieldsShape.parse(await exchange.readBody())
    if (caller.kind !== 'account') throw unauthorized()
    const model = gatedOnly(visibleModel(exchange))
    if (!passesUnasked(model, caller.account)) hub.requests.ask(model, caller.account.name, fields)
    return redirectAnswer(303, `${hub.origins.hub}/${model.id}`)
  },
}

/** Takes back one's own request, while nobody has answered it. */
export const cancelRequest: Route = {
  name: 'cancel-request',
  host: 'hub',
  method: 'POST',
  path: '/api/models/{id}/user-access-request/cancel',
  bucket: 'api',
  errors: 'json',
  handle(exchange) {
    const { hub, caller } = exchange
    if (caller.kind !== 'account') throw unauthorized()
    const model = visibleModel(exchange)
    const user = caller.account.name
    if (hub.requests.find(model, user)?.status !== 'pending')
      throw new Refusal(404, 'No pending access request found for this repo and this user')
    hub.requests.cancel(model, user)
    return jsonAnswer({ ok: true })
  },
}

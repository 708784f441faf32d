import { z } from 'zod'
import { requestStatuses } from '../../accounts/access-requests.ts'
import { jsonAnswer } from '../../http/answer.ts'
import { Refusal } from '../../http/refusal.ts'
import type { Route } from '../../http/route.ts'
import { findUser, ownedGatedModel } from './requests-of.ts'

const who = { user: z.string().optional(), userId: z.string().optional(), requestId: z.string().optional() }

const handleShape = z.object({
  ...who,
  status: z.enum(requestStatuses),
  rejectionReason: z.string().max(200).optional(),
  resetReason: z.string().max(200).optional(),
})
const grantShape = z.object(who)
const batchShape = z.object({ status: z.enum(requestStatuses), requests: z.array(z.object(who)).min(1).max(100) })

const common = { host: 'hub', method: 'POST', bucket: 'api', errors: 'json' } as const

/** Moves one request to another status. */
export const handleRequest: Route = {
  ...common,
  name: 'handle-request',
  path: '/api/models/{id}/user-access-request/handle',
  async handle(exchange) {
    const model = ownedGatedModel(exchange)
    const { status, ...named } = handleShape.parse(await exchange.readBody())
    const account = findUser(exchange.hub, model, named)
    if (account === undefined) throw new Refusal(404, 'User not found')
    if (!exchange.hub.requests.handle(model, account.name, status))
      throw new Refusal(404, 'No access request found matching your criteria')
    return jsonAnswer({})
  },
}

/** Lets somebody in who never asked. */
export const grantAccess: Route = {
  ...common,
  name: 'grant-access',
  path: '/api/models/{id}/user-access-request/grant',
  async handle(exchange) {
    const { hub, caller } = exchange
    const model = ownedGatedModel(exchange)
    const account = findUser(hub, model, grantShape.parse(await exchange.readBody()))
    if (account === undefined) throw new Refusal(404, 'User not found')
    if (hub.requests.find(model, account.name)?.status === 'accepted')
      throw new Refusal(400, 'That user already has access to the repo')
    hub.requests.grant(model, account.name, caller.kind === 'account' ? caller.account.name : undefined)
    return jsonAnswer({})
  },
}

/** Moves up to 100 requests; says of each whether it went. */
export const handleBatch: Route = {
  ...common,
  name: 'handle-batch',
  path: '/api/models/{id}/user-access-request/batch',
  async handle(exchange) {
    const model = ownedGatedModel(exchange)
    const { status, requests } = batchShape.parse(await exchange.readBody())
    const outcomes = requests.map((named) => {
      const account = findUser(exchange.hub, model, named)
      if (account === undefined) return { ...named, ok: false, error: 'user_not_found' }
      const ok = exchange.hub.requests.handle(model, account.name, status)
      return ok ? { ...named, ok } : { ...named, ok, error: 'request_not_found' }
    })
    return jsonAnswer(outcomes)
  },
}

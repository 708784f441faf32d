import type { AccessRequest } from '../../accounts/access-requests.ts'
import { type Account, accountId } from '../../accounts/account.ts'
import { madeUpId } from '../../files/hashes.ts'
import type { Exchange } from '../../http/exchange.ts'
import { Refusal } from '../../http/refusal.ts'
import type { Hub } from '../../hub.ts'
import type { EmulatedModel } from '../../models/model.ts'
import { writableModel } from '../open-repo.ts'

/** The gated model of the address, for its owners. */
export function ownedGatedModel(exchange: Exchange): EmulatedModel {
  return gatedOnly(writableModel(exchange))
}

export function gatedOnly(model: EmulatedModel): EmulatedModel {
  if (model.gated === false) throw new Refusal(400, `model ${model.id} is not gated`, 'RepoNotGated')
  return model
}

/** How a call names whose request it means; one of the three. */
export interface Named {
  readonly user?: string | undefined
  readonly userId?: string | undefined
  readonly requestId?: string | undefined
}

export function findUser(hub: Hub, model: EmulatedModel, { user, userId, requestId }: Named): Account | undefined {
  if (user !== undefined) return hub.accounts.find(user)
  if (userId !== undefined) return hub.accounts.findById(userId)
  const asked = hub.requests.list(model).find((request) => requestKey(model, request.user) === requestId)
  return asked && hub.accounts.find(asked.user)
}

/** 24 hex. */
function requestKey(model: EmulatedModel, user: string): string {
  return madeUpId(`request ${model.key} ${user}`).slice(0, 24)
}

/** A request as its owner sees it. */
export function requestJson(hub: Hub, model: EmulatedModel, request: AccessRequest): unknown {
  const { user, status, sentAt, reviewedAt, grantedBy, fields } = request
  const account = hub.accounts.find(user)
  return {
    requestId: requestKey(model, user),
    user: {
      _id: account?.id ?? accountId(user),
      user,
      fullname: account?.fullname ?? user,
      type: 'user',
      isPro: account?.tier === 'pro',
      avatarUrl: '/avatars/x.svg',
      email: account?.email,
      verifiedOrgNames: [],
    },
    status,
    timestamp: new Date(sentAt).toISOString(),
    ...(reviewedAt === undefined ? {} : { reviewedAt: new Date(reviewedAt).toISOString() }),
    ...(grantedBy === undefined ? {} : { grantedBy: { _id: accountId(grantedBy), user: grantedBy, type: 'user' } }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  }
}

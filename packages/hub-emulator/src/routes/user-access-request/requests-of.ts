import type { AccessRequest } from '../../accounts/access-requests.ts'
import { type Account, accountId } from '../../accounts/account.ts'
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

export function findUser(
  hub: Hub,
  { user, userId }: { user?: string | undefined; userId?: string | undefined },
): Account | undefined {
  return user === undefined ? hub.accounts.findById(userId ?? '') : hub.accounts.find(user)
}

/** A request as its owner sees it. */
export function requestJson(hub: Hub, request: AccessRequest): unknown {
  const { user, status, sentAt, reviewedAt, grantedBy, fields } = request
  const account = hub.accounts.find(user)
  return {
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

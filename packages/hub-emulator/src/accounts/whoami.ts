import type { Models } from '../models/models.ts'
import { type Account, accountId, type Token } from './account.ts'

/** Who a token belongs to and what it may do, as `whoami-v2` says it. */
export function whoamiOf(account: Account, token: Token, models: Models): unknown {
  return {
    type: 'user',
    id: account.id,
    name: account.name,
    fullname: account.fullname,
    email: account.email,
    emailVerified: true,
    canPay: false,
    billingMode: 'postpaid',
    periodEnd: 1_788_220_800,
    isPro: account.tier === 'pro',
    avatarUrl: '/avatars/x.svg',
    orgs: Object.entries(account.orgs).map(([name, role]) => ({
      type: 'org',
      id: accountId(name),
      name,
      fullname: name,
      canPay: false,
      avatarUrl: 'https://www.gravatar.com/avatar/x',
      periodEnd: null,
      roleInOrg: role,
      isEnterprise: false,
    })),
    auth: {
      type: 'access_token',
      accessToken: {
        displayName: token.displayName,
        role: token.role,
        createdAt: token.createdAt,
        ...(token.role === 'fineGrained' ? { fineGrained: fineGrainedOf(token, models) } : {}),
      },
    },
  }
}

function fineGrainedOf(token: Token, models: Models): unknown {
  return {
    canReadGatedRepos: token.canReadGatedRepos,
    global: [],
    scoped: token.scoped.map(({ entity, permissions }) => ({
      entity: { _id: entityKey(entity, models), ...entity },
      permissions,
    })),
  }
}

function entityKey({ type, name }: Token['scoped'][number]['entity'], models: Models): string {
  const found = type === 'model' ? models.find(name) : undefined
  return found?.kind === 'model' ? found.model.key : accountId(name)
}

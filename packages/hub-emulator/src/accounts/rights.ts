import { authorOf, type EmulatedModel } from '../models/model.ts'
import type { Account, OrgRole, Token } from './account.ts'
import type { Caller } from './accounts.ts'

/** What an account is to a model. */
export type Relation = 'owner' | OrgRole | 'stranger'

export function relationOf(account: Account, model: EmulatedModel): Relation {
  const author = authorOf(model)
  if (author === account.name) return 'owner'
  return account.orgs[author] ?? 'stranger'
}

/** Whether the caller is told that the repo exists. */
export function isVisible(model: EmulatedModel, caller: Caller): boolean {
  // A repo taken down is no secret to who is logged in; it answers with a refusal.
  if (model.isDisabled && caller.kind !== 'account') return false
  if (!model.isPrivate) return true
  if (caller.kind !== 'account' || relationOf(caller.account, model) === 'stranger') return false
  return caller.token.role !== 'fineGrained' || isScopedFor(caller.token, model, 'repo.content.read')
}

export function mayWrite(model: EmulatedModel, caller: Caller): boolean {
  if (caller.kind !== 'account') return false
  if (!['owner', 'admin', 'write'].includes(relationOf(caller.account, model))) return false
  if (caller.token.role === 'fineGrained') return isScopedFor(caller.token, model, 'repo.write')
  return caller.token.role === 'write'
}

/** Who passes a gate without asking. */
export function passesUnasked(model: EmulatedModel, account: Account): boolean {
  const relation = relationOf(account, model)
  if (relation === 'stranger') return false
  const isAboveTheGate = relation === 'owner' || relation === 'admin' || model.creator === account.name
  return isAboveTheGate || !model.orgMembersGated
}

/** Whether a token may read gated contents at all, whatever its account was granted. */
export function mayReadGated(model: EmulatedModel, token: Token): boolean {
  if (token.role !== 'fineGrained') return true
  return (token.canReadGatedRepos && !model.isPrivate) || isScopedFor(token, model, 'repo.content.read')
}

function isScopedFor(token: Token, model: EmulatedModel, permission: string): boolean {
  return token.scoped.some(({ entity, permissions }) => {
    const covered = entity.type === 'model' ? entity.name === model.id : entity.name === authorOf(model)
    return covered && permissions.includes(permission)
  })
}

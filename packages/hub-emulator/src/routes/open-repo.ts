import { gateRefusal } from '../accounts/gate.ts'
import { isVisible, mayWrite } from '../accounts/rights.ts'
import type { Exchange } from '../http/exchange.ts'
import { Moved, Refusal, repoNotFound, unauthorized } from '../http/refusal.ts'
import type { Commit, EmulatedModel, RepoFile } from '../models/model.ts'
import { findCommit, findFile } from '../models/repo.ts'

/** The model of the address. @throws {Moved} for a former name, {Refusal} where the caller may not know of it */
export function visibleModel({ hub, params, caller }: Exchange): EmulatedModel {
  const found = hub.models.find(params['id'] ?? '')
  const target = found?.kind === 'moved' ? hub.models.find(found.id) : found
  if (target?.kind !== 'model' || !isVisible(target.model, caller)) throw repoNotFound(caller.kind !== 'account')
  if (found?.kind === 'moved') throw new Moved(found.id)
  if (target.model.isDisabled) throw new Refusal(403, 'Access to this resource is disabled.')
  return target.model
}

/** The model of the address, for its contents: behind the gate, which is looked at before revision and file. */
export function readableModel(exchange: Exchange): EmulatedModel {
  const model = visibleModel(exchange)
  const refusal = refusalAt(exchange, model)
  if (refusal !== undefined) throw refusal
  return model
}

/** The model of the address, for those who may change it. */
export function writableModel(exchange: Exchange): EmulatedModel {
  if (exchange.caller.kind === 'anonymous') throw unauthorized()
  const model = visibleModel(exchange)
  if (mayWrite(model, exchange.caller)) return model
  throw new Refusal(403, 'You have read access but not the required permissions for this operation')
}

/** Whether the gate, if there is one, lets the caller in: otherwise hashes are masked. */
export function hasAccess(exchange: Exchange, model: EmulatedModel): boolean {
  return refusalAt(exchange, model) === undefined
}

function refusalAt({ hub, caller }: Exchange, model: EmulatedModel): Refusal | undefined {
  return gateRefusal(model, caller, (user) => hub.requests.find(model, user))
}

/** The commit the address names. */
export function commitOf({ hub, params }: Exchange, model: EmulatedModel): Commit {
  const revision = params['rev'] ?? params['commit'] ?? 'main'
  const commit = findCommit(hub.models.repoOf(model), revision)
  if (commit === undefined) throw new Refusal(404, `Invalid rev id: ${revision}`, 'RevisionNotFound')
  return commit
}

/** The file the address names. The commit is told even where there is no such file. */
export function fileOf({ params }: Exchange, commit: Commit): RepoFile {
  const file = findFile(commit, params['path'] ?? '')
  if (file === undefined) throw new Refusal(404, 'Entry not found', 'EntryNotFound', { 'X-Repo-Commit': commit.id })
  return file
}

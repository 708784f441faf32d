import type { Account } from '../hub/whoami.ts'

/**
 * Will the Hub refuse this token at every gate, whatever the account was granted? True for a fine-grained token that was
 * not given the gated repositories, nor this model or its owner by name.
 * @see hub-protocol 4.9
 */
export function lacksGatedRight(account: Account, modelId: string): boolean {
  const rights = account.token.fineGrained
  if (rights === undefined || rights.canReadGatedRepos) return false
  const names = new Set([modelId.toLowerCase(), modelId.split('/')[0]?.toLowerCase()])
  return !rights.scoped.some(
    ({ entityName, permissions }) => names.has(entityName.toLowerCase()) && permissions.includes('repo.content.read'),
  )
}

/**
 * How far a token reaches into gated repos. `granted`: to all that its account was let into. `named`: to those it was given by
 * name, or by their owner. `none`. `unknown`: of its kind the Hub tells no rights.
 */
export interface GatedReach {
  readonly reach: 'granted' | 'named' | 'none' | 'unknown'
  /** Of `named`: the repos and owners. */
  readonly names: readonly string[]
}

/** @see hub-protocol 4.9 */
export function gatedReach({ token }: Account): GatedReach {
  const { kind, fineGrained } = token
  if (kind === undefined) return { reach: 'unknown', names: [] }
  if (fineGrained === undefined || fineGrained.canReadGatedRepos) return { reach: 'granted', names: [] }
  const names = fineGrained.scoped
    .filter(({ permissions }) => permissions.includes('repo.content.read'))
    .map(({ entityName }) => entityName)
  return names.length > 0 ? { reach: 'named', names } : { reach: 'none', names: [] }
}

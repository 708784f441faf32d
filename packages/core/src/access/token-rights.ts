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

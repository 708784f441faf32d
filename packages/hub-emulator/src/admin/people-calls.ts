import type { AccessRequest } from '../accounts/access-requests.ts'
import type { AccountSpec, TokenSpec } from '../accounts/account.ts'
import type { Hub } from '../hub.ts'
import { modelOf, type OfModel } from './model-calls.ts'

export interface OfRequest extends OfModel {
  /** Name of an account. */
  readonly user: string
}

/** What a test or a person may do to accounts, tokens and access requests. */
export interface PeopleCalls {
  /** Makes an account and the tokens named in it. An account of that name is replaced; its tokens stay. */
  createAccount(spec: AccountSpec): { readonly name: string; readonly tokens: readonly string[] }
  /** Makes a token and gives its value. */
  createToken(spec: TokenSpec & { readonly account: string }): { readonly token: string }
  revokeToken(of: { readonly token: string }): void
  accounts(): {
    readonly name: string
    readonly tokens: readonly { readonly value: string; readonly role: string; readonly displayName: string }[]
  }[]
  /** The four states of a request; each makes one where none stands. */
  approve(of: OfRequest): void
  reject(of: OfRequest): void
  pend(of: OfRequest): void
  reset(of: OfRequest): void
  /** As if nothing had ever been asked. */
  cancel(of: OfRequest): void
  accessRequest(of: OfRequest): AccessRequest | undefined
}

export function createPeopleCalls(hub: Hub): PeopleCalls {
  const put = ({ model, user }: OfRequest, status: AccessRequest['status']): void => {
    if (hub.accounts.find(user) === undefined) throw new RangeError(`Cannot use account "${user}": no such account`)
    hub.requests.put(modelOf(hub, model), user, status)
  }
  return {
    createAccount(spec) {
      const { name } = hub.accounts.add(spec)
      return { name, tokens: hub.accounts.tokensOf(name).map(({ value }) => value) }
    },
    createToken: ({ account, ...spec }) => ({ token: hub.accounts.addToken(account, spec).value }),
    revokeToken({ token }) {
      if (!hub.accounts.revoke(token)) throw new RangeError('Cannot revoke the token: no such token')
    },
    accounts: () =>
      hub.accounts.list().map(({ name }) => ({
        name,
        tokens: hub.accounts.tokensOf(name).map(({ value, role, displayName }) => ({ value, role, displayName })),
      })),
    approve: (of) => put(of, 'accepted'),
    reject: (of) => put(of, 'rejected'),
    pend: (of) => put(of, 'pending'),
    reset: (of) => put(of, 'reset'),
    cancel: ({ model, user }) => void hub.requests.cancel(modelOf(hub, model), user),
    accessRequest: ({ model, user }) => hub.requests.find(modelOf(hub, model), user),
  }
}

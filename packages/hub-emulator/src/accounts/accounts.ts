import { randomBytes } from 'node:crypto'
import { type Account, type AccountSpec, accountOfSpec, type Token, type TokenSpec } from './account.ts'

/** Who asks: nobody known, the owner of a token, or somebody with a token that does not count. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'account'; readonly account: Account; readonly token: Token }
  | { readonly kind: 'invalid' }

/** The accounts and their tokens. */
export class Accounts {
  readonly #now: () => number
  readonly #accounts = new Map<string, Account>()
  readonly #tokens = new Map<string, Token>()

  constructor(now: () => number) {
    this.#now = now
  }

  add(spec: AccountSpec): Account {
    const account = accountOfSpec(spec)
    this.#accounts.set(account.name, account)
    for (const token of spec.tokens ?? []) this.addToken(account.name, token)
    return account
  }

  find(name: string): Account | undefined {
    return this.#accounts.get(name)
  }

  findById(id: string): Account | undefined {
    return [...this.#accounts.values()].find((account) => account.id === id)
  }

  list(): Account[] {
    return [...this.#accounts.values()]
  }

  isOrg(name: string): boolean {
    return this.list().some(({ orgs }) => name in orgs)
  }

  /** @throws {RangeError} where there is no such account, or another token has this value */
  addToken(account: string, spec: TokenSpec = {}): Token {
    if (!this.#accounts.has(account)) throw new RangeError(`Cannot make a token for "${account}": no such account`)
    const value = spec.value ?? `hf_test_${randomBytes(8).toString('hex')}`
    if (this.#tokens.has(value)) throw new RangeError(`Cannot make a token for "${account}": its value is taken`)
    const token: Token = {
      value,
      account,
      role: spec.role ?? 'read',
      displayName: spec.displayName ?? 'test',
      createdAt: new Date(this.#now()).toISOString(),
      expiresAt: spec.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(spec.expiresAt),
      canReadGatedRepos: spec.canReadGatedRepos ?? false,
      scoped: spec.scoped ?? [],
    }
    this.#tokens.set(value, token)
    return token
  }

  tokensOf(account: string): Token[] {
    return [...this.#tokens.values()].filter((token) => token.account === account)
  }

  revoke(value: string): boolean {
    return this.#tokens.delete(value)
  }

  /** Who stands behind an `Authorization` header. */
  callerOf(authorization: string | undefined): Caller {
    if (authorization === undefined) return { kind: 'anonymous' }
    const token = this.#tokens.get(/^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '')
    const account = this.#accounts.get(token?.account ?? '')
    if (token === undefined || account === undefined || token.expiresAt <= this.#now()) return { kind: 'invalid' }
    return { kind: 'account', account, token }
  }
}

import { madeUpId } from '../files/hashes.ts'
import type { Tier } from '../http/quotas.ts'

export const tokenRoles = ['read', 'write', 'fineGrained'] as const
export type TokenRole = (typeof tokenRoles)[number]

export const orgRoles = ['admin', 'write', 'contributor', 'read'] as const
export type OrgRole = (typeof orgRoles)[number]

export interface AccountSpec {
  readonly name: string
  readonly fullname?: string
  readonly email?: string
  /** @default free */
  readonly tier?: Tier
  /** Role by organisation; an organisation is there once somebody is in it. */
  readonly orgs?: Readonly<Record<string, OrgRole>>
  readonly tokens?: readonly TokenSpec[]
}

export interface TokenSpec {
  /** @default made up: `hf_test_…` */
  readonly value?: string
  /** @default read */
  readonly role?: TokenRole
  readonly displayName?: string
  /** Of a fine-grained token: whether it reads the public gated repos its account may read. */
  readonly canReadGatedRepos?: boolean
  /** Of a fine-grained token: what it may do where. */
  readonly scoped?: readonly TokenScope[]
  /** When it ends, as a date; never if left out. */
  readonly expiresAt?: string
}

export interface TokenScope {
  /** A repo or its owner; a model by its id, also after a rename. */
  readonly entity: { readonly type: 'model' | 'user' | 'org'; readonly name: string }
  readonly permissions: readonly string[]
}

export interface Account {
  /** 24 hex. */
  readonly id: string
  readonly name: string
  readonly fullname: string
  readonly email: string
  readonly tier: Tier
  readonly orgs: Readonly<Record<string, OrgRole>>
}

export interface Token {
  readonly value: string
  readonly account: string
  readonly role: TokenRole
  readonly displayName: string
  readonly createdAt: string
  /** Milliseconds since 1970; infinity for never. */
  readonly expiresAt: number
  readonly canReadGatedRepos: boolean
  readonly scoped: readonly TokenScope[]
}

export function accountOfSpec(spec: AccountSpec): Account {
  return {
    id: accountId(spec.name),
    name: spec.name,
    fullname: spec.fullname ?? spec.name,
    email: spec.email ?? `${spec.name}@example.org`,
    tier: spec.tier ?? 'free',
    orgs: spec.orgs ?? {},
  }
}

export function accountId(name: string): string {
  return madeUpId(`account ${name}`).slice(0, 24)
}

import { HubgateError } from '../errors.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import { asBoolean, asString, isObject, type JsonObject } from '../util/json.ts'
import { answerJson, type HubAnswer } from './answer.ts'
import type { HubCall, HubClient } from './client.ts'
import { describeRefusal, refusalError } from './refusal.ts'
import { unexpectedShape } from './unexpected-shape.ts'

const tokenKinds = ['read', 'write', 'fineGrained'] as const
export type TokenKind = (typeof tokenKinds)[number]

/** Whose token this is, and what it may do. Only the name is sure to be there. */
export interface Account {
  readonly name: string
  /** `user`, `org` or `app`: an open set. */
  readonly type: string
  readonly fullname?: string
  /** Names of the organisations the account belongs to. */
  readonly orgs: readonly string[]
  readonly token: AccountToken
}

export interface AccountToken {
  /** The name its owner gave it. */
  readonly displayName?: string
  /** Absent for tokens that are no access tokens, such as those of a browser login, and for kinds not known here. */
  readonly kind?: TokenKind
  /** ISO 8601; for short-lived tokens. */
  readonly expiresAt?: string
  /** Set for fine-grained tokens alone. */
  readonly fineGrained?: FineGrainedRights
}

export interface FineGrainedRights {
  readonly canReadGatedRepos: boolean
  /** Where this token was given rights of its own. */
  readonly scoped: readonly ScopedRight[]
}

export interface ScopedRight {
  /** `model`, `user`, `org`, … : an open set. */
  readonly entityType: string
  readonly entityName: string
  /** Such as `repo.content.read`. */
  readonly permissions: readonly string[]
}

const MAX_LISTED = 10_000

/**
 * Asks the Hub whose token this is. The call has a strict limit of its own: keep the answer.
 * @throws {HubgateError} `ERR_TOKEN_INVALID` (also where no token is set), `ERR_HUB_ANSWER`, and see `HubClient.send`
 * @see hub-protocol 5
 */
export async function askWhoami(
  client: HubClient,
  options: Pick<HubCall, 'signal' | 'maxWaitMs'> = {},
): Promise<Account> {
  return readWhoami(await client.send({ path: '/api/whoami-v2', ...options }))
}

function readWhoami(answer: HubAnswer): Account {
  if (answer.status === 401) {
    const refusal = describeRefusal(answer)
    throw new HubgateError('ERR_TOKEN_INVALID', 'Cannot use this token: the Hub does not know it', refusal)
  }
  if (answer.status !== 200) throw refusalError(answer)
  const account = parseAccount(answerJson(answer))
  if (account === undefined) throw unexpectedShape(answer, 'an account')
  return account
}

/** Narrows what `whoami-v2` answers, or what was kept of it; `undefined` when it names nobody. */
export function parseAccount(value: unknown): Account | undefined {
  if (!isObject(value)) return undefined
  const name = line(value['name'])
  if (name === undefined) return undefined
  const fullname = line(value['fullname'])
  return {
    name,
    type: line(value['type']) ?? 'user',
    ...(fullname === undefined ? {} : { fullname }),
    orgs: list(value['orgs']).flatMap((org) => line(org['name']) ?? []),
    token: parseToken(isObject(value['auth']) ? value['auth'] : {}),
  }
}

/** An account in the shape of the Hub's answer, without what we do not use: what is kept of it. `parseAccount` reads it back. */
export function formatAccount({ name, type, fullname, orgs, token }: Account): JsonObject {
  const { displayName, kind, expiresAt, fineGrained } = token
  return {
    name,
    type,
    fullname,
    orgs: orgs.map((org) => ({ name: org })),
    auth: {
      expiresAt,
      accessToken: {
        displayName,
        role: kind,
        fineGrained: fineGrained && {
          canReadGatedRepos: fineGrained.canReadGatedRepos,
          scoped: fineGrained.scoped.map(({ entityType, entityName, permissions }) => ({
            entity: { type: entityType, name: entityName },
            permissions,
          })),
        },
      },
    },
  }
}

function parseToken(auth: JsonObject): AccountToken {
  const access = isObject(auth['accessToken']) ? auth['accessToken'] : {}
  const displayName = line(access['displayName'])
  const kind = tokenKinds.find((known) => known === access['role'])
  const expiresAt = line(auth['expiresAt'])
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(kind === undefined ? {} : { kind }),
    ...(expiresAt === undefined || Number.isNaN(Date.parse(expiresAt)) ? {} : { expiresAt }),
    ...(kind === 'fineGrained' ? { fineGrained: parseRights(access['fineGrained']) } : {}),
  }
}

function parseRights(value: unknown): FineGrainedRights {
  const rights = isObject(value) ? value : {}
  return {
    canReadGatedRepos: asBoolean(rights['canReadGatedRepos']) ?? false,
    scoped: list(rights['scoped']).flatMap((scope) => {
      const entity = isObject(scope['entity']) ? scope['entity'] : {}
      const entityName = line(entity['name'])
      if (entityName === undefined) return []
      return [{ entityType: line(entity['type']) ?? '', entityName, permissions: texts(scope['permissions']) }]
    }),
  }
}

function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.slice(0, MAX_LISTED).filter(isObject) : []
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, MAX_LISTED).flatMap((element: unknown) => line(element) ?? []) : []
}

function line(value: unknown): string | undefined {
  const text = asString(value)
  return text === undefined ? undefined : stripControlCharacters(text.slice(0, 400)).slice(0, 200) || undefined
}

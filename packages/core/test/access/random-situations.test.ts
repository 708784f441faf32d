import process from 'node:process'
import { startHubEmulator } from 'hub-emulator'
import { expect, test } from 'vitest'
import type { AccessState } from '../../src/access/access-state.ts'
import { createAccessChecker } from '../../src/access/check/checker.ts'
import { HubClient } from '../../src/hub/client.ts'
import { createNetworkTransport } from '../../src/hub/network-transport.ts'
import { resolveSettings } from '../../src/settings/settings.ts'
import { openStore } from '../../src/store/store.ts'
import { seededRandom } from '../seeded-random.ts'

/** The long form runs in CI: `HUBGATE_SITUATIONS=20000`. */
const SITUATIONS = Number(process.env['HUBGATE_SITUATIONS'] ?? 5000)
/** Named in the title, so that a failing run can be run again. */
const SEED = Number(process.env['HUBGATE_SEED'] ?? Date.now() % 1e9)

type Gate = false | 'auto' | 'manual'
type Request = 'pending' | 'accepted' | 'rejected' | 'reset' | undefined

/**
 * What may happen while a check runs. A request may change as often as it likes; a setting of the model once: nothing on the
 * wire tells a gate that went away and came back from one that stood still.
 */
const kinds = ['gate', 'revoke', 'disable', 'delete', 'private', 'org'] as const

/** What is true at one moment, as the test itself laid it. */
interface World {
  exists: boolean
  gated: Gate
  isPrivate: boolean
  isDisabled: boolean
  orgMembersGated: boolean
  request: Request
  isRevoked: boolean
}

interface Visitor {
  readonly name: string
  readonly account: string | undefined
  readonly token: string | undefined
  /** Made anew for each situation, so that it can be revoked. */
  readonly role: 'read' | 'write' | 'fineGrained'
  readonly canReadGatedRepos: boolean
  readonly isScoped: boolean
  /** In the organisation that owns the model. */
  readonly orgRole: 'admin' | 'read' | undefined
}

const person = (name: string, fields: Partial<Visitor> = {}): Visitor => ({
  name,
  account: 'guest',
  token: '',
  role: 'read',
  canReadGatedRepos: false,
  isScoped: false,
  orgRole: undefined,
  ...fields,
})

const visitors: readonly Visitor[] = [
  person('nobody', { account: undefined, token: undefined }),
  person('with a read token'),
  person('with a write token', { role: 'write' }),
  person('with a fine-grained token', { role: 'fineGrained' }),
  person('with a fine-grained token for gated repos', { role: 'fineGrained', canReadGatedRepos: true }),
  person('with a fine-grained token for this model', { role: 'fineGrained', isScoped: true }),
  person('of the organisation', { account: 'member', orgRole: 'read' }),
  person('admin of the organisation', { account: 'admin', orgRole: 'admin' }),
]

/** hub-protocol 4.2, 4.8 and 4.9, told once more and apart from the code under test. */
function truth(world: World, { token, role, canReadGatedRepos, isScoped, orgRole }: Visitor): AccessState {
  const hasToken = token !== undefined
  if (hasToken && world.isRevoked) return 'token-invalid'
  if (!world.exists || (world.isDisabled && !hasToken)) return 'hidden'
  const seesPrivate = orgRole !== undefined && (role !== 'fineGrained' || isScoped)
  if (world.isPrivate && !seesPrivate) return 'hidden'
  if (world.isDisabled) return 'disabled'
  if (world.gated === false) return world.isPrivate ? 'granted' : 'public'
  if (!hasToken) return 'sign-in'
  if (role === 'fineGrained' && !(canReadGatedRepos && !world.isPrivate) && !isScoped) return 'token-scope'
  if (orgRole === 'admin' || (orgRole === 'read' && !world.orgMembersGated)) return 'granted'
  if (world.request === undefined) return world.gated === 'auto' ? 'terms' : 'approval'
  return world.request === 'accepted' ? 'granted' : world.request
}

test(`a verdict is always true at some moment of the check: ${SITUATIONS} situations, seed ${SEED}`, async () => {
  const random = seededRandom(SEED)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const chance = (probability: number): boolean => random() < probability
  const unlimited = { api: 1e9, resolvers: 1e9, pages: 1e9, search: 1e9, whoami: 1e9 }
  await using hub = await startHubEmulator({
    wellKnown: false,
    syntheticModels: 0,
    logLimit: 10,
    rateLimits: { quotas: unlimited },
    accounts: [{ name: 'guest' }, { name: 'member', orgs: { lab: 'read' } }, { name: 'admin', orgs: { lab: 'admin' } }],
  })
  const { admin } = hub
  await using store = await openStore({ folder: undefined })
  await using network = createNetworkTransport(resolveSettings({ environment: { HF_ENDPOINT: hub.endpoint } }))
  const seen = new Set<AccessState>()

  for (let turn = 0; turn < SITUATIONS; turn += 1) {
    const model = `lab/m${turn}`
    const visitor = pick(visitors)
    const world: World = {
      exists: !chance(0.06),
      gated: pick([false, 'auto', 'manual', 'auto', 'manual']),
      isPrivate: chance(0.08),
      isDisabled: chance(0.06),
      orgMembersGated: chance(0.3),
      request: pick([undefined, 'pending', 'accepted', 'rejected', 'reset']),
      isRevoked: chance(0.06),
    }
    const token =
      visitor.account === undefined
        ? undefined
        : admin.createToken({
            account: visitor.account,
            role: visitor.role,
            canReadGatedRepos: visitor.canReadGatedRepos,
            scoped: visitor.isScoped
              ? [{ entity: { type: 'model', name: model }, permissions: ['repo.content.read'] }]
              : [],
          }).token
    const user = visitor.account
    const setRequest = (request: Request): void => {
      if (user === undefined) return
      const of = { model, user }
      if (request === undefined) admin.cancel(of)
      if (request === 'pending') admin.pend(of)
      if (request === 'accepted') admin.approve(of)
      if (request === 'rejected') admin.reject(of)
      if (request === 'reset') admin.reset(of)
    }
    admin.createModel({
      id: model,
      gated: world.gated,
      private: world.isPrivate,
      disabled: world.isDisabled,
      orgMembersGated: world.orgMembersGated,
      files: { 'config.json': '{}' },
    })
    setRequest(world.request)
    if (!world.exists) admin.deleteModel({ model })
    // A kept whoami must not hide that the token was revoked.
    const settings = resolveSettings({
      environment: { HF_ENDPOINT: hub.endpoint, ...(token === undefined ? {} : { HF_TOKEN: token }) },
    })
    if (world.isRevoked && token !== undefined) {
      await using client = new HubClient(settings, { transport: network })
      if (chance(0.5)) await createAccessChecker({ client, store }).check(model)
      admin.revokeToken({ token })
    }

    const truths = [truth(world, visitor)]
    const changes: string[] = []
    const change = (): void => {
      const left = kinds.filter((kind) => !changes.includes(kind))
      const kind = pick([...left, 'request', 'request'] as const)
      if (!world.exists && kind !== 'revoke') return
      if (kind === 'gate') admin.setGate({ model, gated: (world.gated = pick([false, 'auto', 'manual'])) })
      if (kind === 'request')
        setRequest((world.request = pick([undefined, 'pending', 'accepted', 'rejected', 'reset'])))
      if (kind === 'disable') admin.setDisabled({ model, disabled: (world.isDisabled = !world.isDisabled) })
      if (kind === 'private') admin.setPrivate({ model, private: (world.isPrivate = !world.isPrivate) })
      if (kind === 'org')
        admin.setGate({ model, gated: world.gated, orgMembersGated: (world.orgMembersGated = !world.orgMembersGated) })
      if (kind === 'delete') {
        admin.deleteModel({ model })
        world.exists = false
      }
      if (kind === 'revoke' && token !== undefined && !world.isRevoked) {
        admin.revokeToken({ token })
        world.isRevoked = true
      }
      changes.push(kind)
      truths.push(truth(world, visitor))
    }
    // Up to three things happen while a check runs, each in a gap between two of its calls.
    const gaps = new Set(Array.from({ length: pick([0, 1, 1, 2, 3]) }, () => Math.floor(random() * 6)))
    let call = 0
    await using client = new HubClient(settings, {
      transport: {
        open: (request) => network.open(request),
        send: async (request) => {
          const answer = await network.send(request)
          if (gaps.has(call++)) change()
          return answer
        },
      },
    })
    const { state } = await createAccessChecker({ client, store }).check(model)
    seen.add(state)
    expect(
      truths,
      `situation ${turn}: visitor ${visitor.name}, ${JSON.stringify(world)}, changes: ${changes.join()}`,
    ).toContain(state)
    if (world.exists) admin.deleteModel({ model })
  }
  if (SITUATIONS >= 1000)
    expect([...seen].toSorted()).toEqual([
      'approval',
      'disabled',
      'granted',
      'hidden',
      'pending',
      'public',
      'rejected',
      'reset',
      'sign-in',
      'terms',
      'token-invalid',
      'token-scope',
    ])
}, 280_000)

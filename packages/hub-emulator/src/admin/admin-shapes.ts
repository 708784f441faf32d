import { z } from 'zod'
import { orgRoles, tokenRoles } from '../accounts/account.ts'
import { parseFaultRules } from '../faults/parse-rules.ts'
import { faultProfiles } from '../faults/profiles.ts'
import { buckets, tiers } from '../http/quotas.ts'
import { changedFilesShape, modelSpecShape } from '../models/parse-model-spec.ts'
import type { Admin } from './admin.ts'

const model = z.string()
const ofRequest = z.strictObject({ model, user: z.string() })
const host = z.enum(['hub', 'cdn'])
const gated = z.union([z.literal(false), z.enum(['auto', 'manual'])])
const figure = z.number().min(0).exactOptional()
const nothing = z.strictObject({})

const tokenFields = {
  value: z.string().exactOptional(),
  role: z.enum(tokenRoles).exactOptional(),
  displayName: z.string().exactOptional(),
  canReadGatedRepos: z.boolean().exactOptional(),
  scoped: z
    .array(
      z.strictObject({
        entity: z.strictObject({ type: z.enum(['model', 'user', 'org']), name: z.string() }),
        permissions: z.array(z.string()),
      }),
    )
    .exactOptional(),
  expiresAt: z.iso.datetime().exactOptional(),
}
const accountSpec = z.strictObject({
  name: z.string().min(1),
  fullname: z.string().exactOptional(),
  email: z.string().exactOptional(),
  tier: z.enum(tiers).exactOptional(),
  orgs: z.record(z.string(), z.enum(orgRoles)).exactOptional(),
  tokens: z.array(z.strictObject(tokenFields)).exactOptional(),
})

/** An admin function together with what it takes from outside. */
type AdminCall = (admin: Admin, body: unknown) => unknown

/** Each admin function by its name, with its arguments checked. */
export const adminCalls: { readonly [Name in keyof Admin]: AdminCall } = {
  createModel: (admin, body) => admin.createModel(modelSpecShape.parse(body)),
  deleteModel: (admin, body) => admin.deleteModel(z.strictObject({ model }).parse(body)),
  rename: (admin, body) => admin.rename(z.strictObject({ model, to: z.string().min(1) }).parse(body)),
  setGate: (admin, body) =>
    admin.setGate(z.strictObject({ model, gated, orgMembersGated: z.boolean().exactOptional() }).parse(body)),
  setPrivate: (admin, body) => admin.setPrivate(z.strictObject({ model, private: z.boolean() }).parse(body)),
  setDisabled: (admin, body) => admin.setDisabled(z.strictObject({ model, disabled: z.boolean() }).parse(body)),
  setFigures: (admin, body) =>
    admin.setFigures(z.strictObject({ model, downloads: figure, likes: figure, trendingScore: figure }).parse(body)),
  commit: (admin, body) =>
    admin.commit(
      z
        .strictObject({
          model,
          ref: z.string().exactOptional(),
          files: changedFilesShape,
          title: z.string().exactOptional(),
        })
        .parse(body),
    ),
  moveRef: (admin, body) => admin.moveRef(z.strictObject({ model, ref: z.string(), to: z.string() }).parse(body)),
  deleteRef: (admin, body) => admin.deleteRef(z.strictObject({ model, ref: z.string() }).parse(body)),
  commits: (admin, body) => admin.commits(z.strictObject({ model, revision: z.string().exactOptional() }).parse(body)),
  createAccount: (admin, body) => admin.createAccount(accountSpec.parse(body)),
  createToken: (admin, body) => admin.createToken(z.strictObject({ account: z.string(), ...tokenFields }).parse(body)),
  revokeToken: (admin, body) => admin.revokeToken(z.strictObject({ token: z.string() }).parse(body)),
  accounts: (admin) => admin.accounts(),
  approve: (admin, body) => admin.approve(ofRequest.parse(body)),
  reject: (admin, body) => admin.reject(ofRequest.parse(body)),
  pend: (admin, body) => admin.pend(ofRequest.parse(body)),
  reset: (admin, body) => admin.reset(ofRequest.parse(body)),
  cancel: (admin, body) => admin.cancel(ofRequest.parse(body)),
  accessRequest: (admin, body) => admin.accessRequest(ofRequest.parse(body)),
  setFaults: (admin, body) =>
    admin.setFaults({ rules: parseFaultRules(z.strictObject({ rules: z.unknown() }).parse(body).rules) }),
  setProfile: (admin, body) =>
    admin.setProfile(
      z.strictObject({ profile: z.enum(faultProfiles), seed: z.number().int().exactOptional() }).parse(body),
    ),
  setRateLimits: (admin, body) =>
    admin.setRateLimits(
      z
        .strictObject({
          windowSeconds: z.number().int().min(1).exactOptional(),
          quotas: z.partialRecord(z.enum(buckets), z.number().min(0)).exactOptional(),
        })
        .parse(body),
    ),
  setSignatureSeconds: (admin, body) => admin.setSignatureSeconds(z.strictObject({ seconds: z.number() }).parse(body)),
  setClock: (admin, body) => admin.setClock(z.strictObject({ offsetMs: z.number() }).parse(body)),
  refuse: (admin, body) => admin.refuse(z.strictObject({ host }).parse(body)),
  accept: (admin, body) => admin.accept(z.strictObject({ host }).parse(body)),
  requests: (admin, body) =>
    admin.requests(
      z
        .strictObject({
          host: host.exactOptional(),
          route: z.string().exactOptional(),
          modelId: z.string().exactOptional(),
        })
        .parse(body),
    ),
  clearLog: (admin, body) => {
    nothing.parse(body)
    admin.clearLog()
  },
  resetAll: (admin, body) => {
    nothing.parse(body)
    admin.resetAll()
  },
}

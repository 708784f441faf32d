import { describe, expect, test } from 'vitest'
import { type HubEmulator, startHubEmulator } from '../src/start.ts'
import { ask, type Reply } from './ask.ts'

const gated = 'acme/gated'
const setup = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    {
      id: gated,
      gated: 'manual',
      files: { 'config.json': '{}', 'README.md': '# Hi', 'model.safetensors': { size: 5000 } },
    },
    { id: 'acme/open', files: { 'config.json': '{}' } },
    { id: 'acme/secret', private: true, files: { 'config.json': '{}' } },
    { id: 'acme/off', disabled: true, files: { 'config.json': '{}' } },
  ],
} as const

const visit = `Visit https://huggingface.co/${gated}`
const texts = {
  anonymous: `Access to model ${gated} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
  never: `Access to model ${gated} is restricted and you are not in the authorized list. ${visit} to ask for access.`,
  pending: `Your request to access model ${gated} is awaiting a review from the repo authors.`,
  rejected: `Your request to access model ${gated} has been rejected by the repo's authors.`,
  reset: `Your request to access model ${gated} has been reset by the repo's authors. ${visit} to submit a new request.`,
  fine: 'Please enable access to public gated repositories in your fine-grained token settings to view this repository.',
  badToken: 'Invalid credentials in Authorization header',
  missingAnonymous: 'Invalid username or password.',
  missing: 'Repository not found',
  disabled: 'Access to this resource is disabled.',
}

interface Cell {
  readonly caller: string
  readonly model?: string
  readonly token?: string
  readonly prepare?: (hub: HubEmulator) => void
  readonly status: number
  readonly code?: string
  readonly message?: string
}

const user = { model: gated, user: 'ada' }
const cells: readonly Cell[] = [
  { caller: 'anonymous', status: 401, code: 'GatedRepo', message: texts.anonymous },
  { caller: 'logged in, never asked', token: 'hf_test_ada_read', status: 403, code: 'GatedRepo', message: texts.never },
  {
    caller: 'cancelled',
    token: 'hf_test_ada_read',
    prepare: ({ admin }) => (admin.pend(user), admin.cancel(user)),
    status: 403,
    code: 'GatedRepo',
    message: texts.never,
  },
  {
    caller: 'pending',
    token: 'hf_test_ada_read',
    prepare: ({ admin }) => admin.pend(user),
    status: 403,
    code: 'GatedRepo',
    message: texts.pending,
  },
  {
    caller: 'rejected',
    token: 'hf_test_ada_read',
    prepare: ({ admin }) => admin.reject(user),
    status: 403,
    code: 'GatedRepo',
    message: texts.rejected,
  },
  {
    caller: 'reset',
    token: 'hf_test_ada_read',
    prepare: ({ admin }) => admin.reset(user),
    status: 403,
    code: 'GatedRepo',
    message: texts.reset,
  },
  { caller: 'accepted', token: 'hf_test_ada_read', prepare: ({ admin }) => admin.approve(user), status: 200 },
  { caller: 'admin of the organisation', token: 'hf_test_olga_write', status: 200 },
  { caller: 'member of the organisation', token: 'hf_test_max_read', status: 200 },
  {
    caller: 'member behind orgMembersGated',
    token: 'hf_test_max_read',
    prepare: ({ admin }) => admin.setGate({ model: gated, gated: 'manual', orgMembersGated: true }),
    status: 403,
    code: 'GatedRepo',
    message: texts.never,
  },
  {
    caller: 'admin behind orgMembersGated',
    token: 'hf_test_olga_write',
    prepare: ({ admin }) => admin.setGate({ model: gated, gated: 'manual', orgMembersGated: true }),
    status: 200,
  },
  {
    caller: 'fine-grained without the permission, accepted',
    token: 'hf_test_ada_fine',
    prepare: ({ admin }) => admin.approve(user),
    status: 403,
    message: texts.fine,
  },
  {
    caller: 'fine-grained with the permission, accepted',
    token: 'hf_test_ada_fine_gated',
    prepare: ({ admin }) => admin.approve(user),
    status: 200,
  },
  {
    caller: 'fine-grained with the permission, never asked',
    token: 'hf_test_ada_fine_gated',
    status: 403,
    code: 'GatedRepo',
    message: texts.never,
  },
  {
    caller: 'fine-grained, scoped to this repo, accepted',
    token: 'hf_test_scoped',
    prepare({ admin }) {
      const scoped = [{ entity: { type: 'model', name: gated }, permissions: ['repo.content.read'] }] as const
      admin.createToken({ account: 'ada', value: 'hf_test_scoped', role: 'fineGrained', scoped })
      admin.approve(user)
    },
    status: 200,
  },
  { caller: 'unknown token', token: 'hf_test_nobody', status: 401, message: texts.badToken },
  {
    caller: 'revoked token, accepted',
    token: 'hf_test_ada_read',
    prepare: ({ admin }) => (admin.approve(user), admin.revokeToken({ token: 'hf_test_ada_read' })),
    status: 401,
    message: texts.badToken,
  },
  {
    caller: 'unknown token on a public model',
    model: 'acme/open',
    token: 'hf_test_nobody',
    status: 401,
    message: texts.badToken,
  },
  { caller: 'anonymous, missing repo', model: 'acme/none', status: 401, message: texts.missingAnonymous },
  {
    caller: 'logged in, missing repo',
    model: 'acme/none',
    token: 'hf_test_ada_read',
    status: 404,
    code: 'RepoNotFound',
    message: texts.missing,
  },
  { caller: 'anonymous, private repo', model: 'acme/secret', status: 401, message: texts.missingAnonymous },
  {
    caller: 'stranger, private repo',
    model: 'acme/secret',
    token: 'hf_test_ada_read',
    status: 404,
    code: 'RepoNotFound',
    message: texts.missing,
  },
  { caller: 'member, private repo', model: 'acme/secret', token: 'hf_test_max_read', status: 200 },
  { caller: 'anonymous, disabled repo', model: 'acme/off', status: 401, message: texts.missingAnonymous },
  {
    caller: 'logged in, disabled repo',
    model: 'acme/off',
    token: 'hf_test_ada_read',
    status: 403,
    message: texts.disabled,
  },
  { caller: 'anonymous, open repo', model: 'acme/open', status: 200 },
  { caller: 'logged in, open repo', model: 'acme/open', token: 'hf_test_ada_read', status: 200 },
]

describe('gate matrix', () => {
  test.each(cells)('$caller: $status', async ({ model = gated, token, prepare, status, code, message }) => {
    await using hub = await startHubEmulator(setup)
    prepare?.(hub)
    const as = token === undefined ? {} : { token }
    const check = await ask(`${hub.endpoint}/api/models/${model}/auth-check`, as)
    const files = [
      await ask(`${hub.endpoint}/${model}/resolve/main/config.json`, as),
      await ask(`${hub.endpoint}/${model}/raw/main/config.json`, as),
      await ask(`${hub.endpoint}/${model}/resolve/main/config.json`, { ...as, method: 'HEAD' }),
    ]
    expect([check.status, ...files.map((file) => (file.status === 307 ? 200 : file.status))]).toEqual(
      Array(4).fill(status),
    )
    if (status === 200) return expect(check.body).toBe('OK')
    for (const reply of [check, ...files]) expectRefusal(reply, code, message ?? '', status)
    expect(check.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(JSON.parse(check.body)).toEqual({ error: message })
    expect(files.map(({ body }) => body)).toEqual([message, message, ''])
    expect(files[0]?.headers['content-type']).toBe('text/plain; charset=utf-8')
  })
})

function expectRefusal({ headers }: Reply, code: string | undefined, message: string, status: number): void {
  expect(headers['x-error-code']).toBe(code)
  expect(headers['x-error-message']).toBe(message)
  const realm = status === 401 ? 'Bearer realm="Authentication required", charset="UTF-8"' : undefined
  expect(headers['www-authenticate']).toBe(realm)
}

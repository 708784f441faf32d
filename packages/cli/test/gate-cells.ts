import type { HubEmulator, HubEmulatorOptions } from 'hub-emulator'

/** What a token meets at a gate, told once for all commands that meet it. */
export interface GateCell {
  readonly state: string
  readonly code: number
  /** @default `gated` */
  readonly model?: string
  readonly token?: string
  /** A piece of the Hub's own sentence. */
  readonly says?: string
  /** A piece of the link to go on by, where the files are not to be had. */
  readonly link?: string
  readonly prepare?: (hub: HubEmulator) => void
}

export const gated = 'acme/gated'
export const of: { readonly model: string; readonly user: string } = { model: gated, user: 'ada' }
export const gateModels: NonNullable<HubEmulatorOptions['models']> = [
  { id: gated, gated: 'manual', formerIds: ['acme/old-name'] },
  { id: 'acme/auto', gated: 'auto' },
  { id: 'acme/open' },
  { id: 'acme/off', disabled: true },
  { id: 'acme/private', private: true },
]

const ada = 'hf_test_ada_read'
const page = '/acme/gated'
const relatives = '/models?search='
const notAsked = 'not in the authorized list'

/** hub-protocol 4.2, each cell: state, exit code, a piece of the Hub's own sentence and of the link. */
export const gateCells: readonly GateCell[] = [
  { state: 'public', code: 0, model: 'acme/open' },
  { state: 'public', code: 0, model: 'acme/open', token: 'hf_test_ada_fine' },
  { state: 'sign-in', code: 4, says: 'Please log in', link: '/settings/tokens/new?tokenType=read' },
  { state: 'sign-in', code: 4, model: 'acme/auto', says: 'Please log in', link: '/settings/tokens/new?tokenType=read' },
  { state: 'approval', code: 4, token: ada, says: notAsked, link: page },
  { state: 'terms', code: 4, model: 'acme/auto', token: ada, says: notAsked, link: '/acme/auto' },
  {
    state: 'pending',
    code: 4,
    token: ada,
    says: 'awaiting a review',
    link: page,
    prepare: (hub) => hub.admin.pend(of),
  },
  {
    state: 'rejected',
    code: 4,
    token: ada,
    says: 'has been rejected',
    link: relatives,
    prepare: (hub) => hub.admin.reject(of),
  },
  { state: 'reset', code: 4, token: ada, says: 'has been reset', link: page, prepare: (hub) => hub.admin.reset(of) },
  { state: 'granted', code: 0, token: ada, prepare: (hub) => hub.admin.approve(of) },
  { state: 'granted', code: 0, token: 'hf_test_ada_fine_gated', prepare: (hub) => hub.admin.approve(of) },
  { state: 'granted', code: 0, token: 'hf_test_olga_write' },
  { state: 'granted', code: 0, model: 'acme/private', token: 'hf_test_olga_write' },
  {
    state: 'token-scope',
    code: 4,
    token: 'hf_test_ada_fine',
    says: 'public gated repositories',
    link: 'canReadGatedRepos=true',
    prepare: (hub) => hub.admin.approve(of),
  },
  { state: 'token-invalid', code: 4, token: 'hf_test_unknown', says: 'Invalid credentials', link: '/settings/tokens' },
  {
    state: 'token-invalid',
    code: 4,
    model: 'acme/open',
    token: 'hf_test_unknown',
    says: 'Invalid credentials',
    link: '/settings/tokens',
  },
  { state: 'hidden', code: 3, model: 'acme/nothing', says: 'Invalid username or password', link: relatives },
  { state: 'hidden', code: 3, model: 'acme/nothing', token: ada, says: 'Repository not found', link: relatives },
  { state: 'hidden', code: 3, model: 'acme/private', token: ada, says: 'Repository not found', link: relatives },
  { state: 'hidden', code: 3, model: 'acme/off', link: relatives },
  { state: 'disabled', code: 4, model: 'acme/off', token: ada, says: 'is disabled', link: relatives },
]

import type { AccountSpec } from './account.ts'

/** Accounts that are always there: by hand one types their tokens, in tests they save laying one's own. */
export const demoAccounts: readonly AccountSpec[] = [
  {
    name: 'ada',
    fullname: 'Ada L.',
    tokens: [
      { value: 'hf_test_ada_read', role: 'read', displayName: 'laptop' },
      { value: 'hf_test_ada_write', role: 'write', displayName: 'upload' },
      { value: 'hf_test_ada_fine', role: 'fineGrained', displayName: 'no gated repos' },
      { value: 'hf_test_ada_fine_gated', role: 'fineGrained', displayName: 'gated repos', canReadGatedRepos: true },
    ],
  },
  { name: 'bob', fullname: 'Bob P.', tier: 'pro', tokens: [{ value: 'hf_test_bob_read', role: 'read' }] },
  {
    name: 'olga',
    fullname: 'Olga O.',
    orgs: { acme: 'admin' },
    tokens: [{ value: 'hf_test_olga_write', role: 'write', displayName: 'admin of acme' }],
  },
  { name: 'max', fullname: 'Max M.', orgs: { acme: 'read' }, tokens: [{ value: 'hf_test_max_read', role: 'read' }] },
]

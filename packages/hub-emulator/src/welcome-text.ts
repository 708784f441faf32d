import type { HubEmulator } from './start.ts'

/** What the command says once it runs: where, and with which tokens. */
export function welcomeText({ endpoint, cdn, adminUrl, admin }: HubEmulator): string {
  const tokens = admin
    .accounts()
    .flatMap(({ name, tokens }) =>
      tokens.map(({ value, role, displayName }) => [name, value, `${role}, ${displayName}`]),
    )
  return [
    `Hub    ${endpoint}`,
    `CDN    ${cdn}`,
    `Admin  ${adminUrl}/__admin/`,
    '',
    'Tokens',
    ...tokens.map(([name = '', value = '', note = '']) => `  ${name.padEnd(6)} ${value.padEnd(26)} ${note}`),
    '',
    `Try: HF_ENDPOINT=${endpoint} HF_TOKEN=hf_test_ada_read hubgate show acme/terms`,
    `     curl -X POST ${adminUrl}/__admin/approve -H 'content-type: application/json' -d '{"model":"acme/approval","user":"ada"}'`,
    'Ctrl-C ends it.',
    '',
  ].join('\n')
}

import { gatedReach } from '@hubgate/core/access'
import type { TokenReport } from '@hubgate/core/hub'
import type { Settings } from '@hubgate/core/settings'

/** What `token status --json` prints: a promised interface. Fields are only added; never the token. */
export function tokenJson(report: TokenReport, settings: Settings, now: Date): object {
  const { verdict, source, others, isSent, account, error, expiresAt } = report
  return {
    state: verdict,
    account: account?.name ?? null,
    fullname: account?.fullname ?? null,
    type: account?.type ?? null,
    orgs: account?.orgs ?? [],
    kind: account?.token.kind ?? null,
    name: account?.token.displayName ?? source?.name ?? null,
    gated: account === undefined ? null : gatedReach(account),
    from: source?.from ?? null,
    others: others.map(({ from, name, state }) => ({ from, name: name ?? null, state })),
    sentTo: isSent ? settings.endpoint.origin : null,
    expiresAt: expiresAt ?? null,
    checkedAt: verdict === 'valid' || verdict === 'refused' ? now.toISOString() : null,
    error: error === undefined ? null : error.message,
  }
}

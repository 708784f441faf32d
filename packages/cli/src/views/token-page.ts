import { gatedReach } from '@hubgate/core/access'
import { type Account, isExpired, type TokenReport } from '@hubgate/core/hub'
import { type Settings, tokensPage } from '@hubgate/core/settings'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Paint } from './paint.ts'

export interface TokenPageOptions {
  readonly settings: Settings
  readonly now: Date
  readonly paint: Paint
}

/** Whose token it is, what it may do, where it came from and who gets it. */
export function renderTokenPage(report: TokenReport, options: TokenPageOptions): string[] {
  const { paint, settings } = options
  const { verdict, source, account, error } = report
  if (source === undefined) return ['No token is set: public models need none.', line('next', howToSet(settings))]
  return [
    ...(account === undefined ? [] : accountLines(account, paint)),
    ...(verdict === 'refused'
      ? [line('state', paint('the Hub does not know it: expired, revoked or mistyped', 'red'))]
      : []),
    ...(verdict === 'unchecked' ? [line('state', `not checked: ${clean(error?.message ?? '')}`)] : []),
    line('from', clean(source.from) + (source.name === undefined ? '' : `, stored as "${clean(source.name)}"`)),
    ...report.others.map((other) => line(other.state === 'same' ? 'also in' : 'hides', clean(other.from))),
    line('sent to', whoGetsIt(report, settings)),
    ...expiryLines(report, options),
    ...(verdict === 'refused' ? [line('next', howToSet(settings))] : []),
  ]
}

/** "fine-grained, named laptop". */
export function describeKind({ token }: Account): string {
  const kind = token.kind === undefined ? 'of another kind' : token.kind === 'fineGrained' ? 'fine-grained' : token.kind
  return token.displayName === undefined ? kind : `${kind}, named "${clean(token.displayName)}"`
}

export function describeGatedReach(account: Account): string {
  const { reach, names } = gatedReach(account)
  switch (reach) {
    case 'granted':
      return 'every model this account was let into'
    case 'named':
      return `only ${names.slice(0, 10).map(clean).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`
    case 'none':
      return 'none: this token lacks the right'
    case 'unknown':
      return 'the Hub does not say'
  }
}

function accountLines(account: Account, paint: Paint): string[] {
  const { name, fullname, type, orgs } = account
  return [
    line(
      'account',
      `${paint(clean(name), 'bold')}${fullname === undefined ? '' : ` (${clean(fullname)})`}${type === 'user' ? '' : `, ${clean(type)}`}`,
    ),
    ...(orgs.length === 0 ? [] : [line('member of', orgs.map(clean).join(', '))]),
    line('kind', describeKind(account)),
    line('gated', describeGatedReach(account)),
  ]
}

/** The origin that gets the token, or why nobody does. */
export function whoGetsIt({ verdict, source }: TokenReport, { endpoint }: Settings): string {
  if (verdict !== 'unused') return `${endpoint.origin}, and nowhere else`
  if (source?.state === 'off') return 'nobody: HF_HUB_DISABLE_IMPLICIT_TOKEN is set'
  if (source?.state === 'unusable') return 'nobody: it holds characters that no token has'
  return endpoint.protocol === 'https:'
    ? `nobody: ${endpoint.origin} is not among those allowed; \`hubgate token allow-endpoint ${endpoint.origin}\` allows it`
    : `nobody: ${endpoint.origin} is asked over plain http`
}

function expiryLines({ expiresAt }: TokenReport, { now, paint }: TokenPageOptions): string[] {
  if (expiresAt === undefined) return []
  const day = clean(expiresAt).slice(0, 16).replace('T', ' ')
  return [line('expires', isExpired(expiresAt, now) ? paint(`${day} UTC: it has expired`, 'red') : `${day} UTC`)]
}

function howToSet({ endpoint }: Settings): string {
  return `create one at ${tokensPage(endpoint)}, then \`hubgate token set\``
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(12)}${text}`
}

const clean = stripControlCharacters

import { gatedReach, nextStep } from '@hubgate/core/access'
import { isExpired, reportToken, type TokenReport } from '@hubgate/core/hub'
import { tokensPage } from '@hubgate/core/settings'
import { describeGatedReach, describeKind, whoGetsIt } from '../views/token-page.ts'
import type { Check, Checkup } from './checkup.ts'
import { type Finding, isWell, toMend, worthKnowing } from './finding.ts'

/** Whose token is used, is it good, and may it read gated models? */
export const token: Check = {
  name: 'token',
  async look(checkup) {
    const report = await reportToken(checkup.client, { signal: checkup.inputs.signal, maxWaitMs: 0 })
    return [...expiry(report, checkup), judge(report, checkup)]
  },
}

function judge(report: TokenReport, { settings }: Checkup): Finding {
  const { verdict, source, account, error } = report
  const pages = tokensPage(settings.endpoint)
  const from = `from ${source?.from}${source?.name === undefined ? '' : `, stored as "${source.name}"`}`
  switch (verdict) {
    case 'none':
      return worthKnowing(
        'token',
        'none; public models need none',
        `for gated ones: create one at ${pages}, then \`hubgate token set\``,
      )
    case 'unused':
      return worthKnowing('token', `${from}: it goes to ${whoGetsIt(report, settings)}`)
    case 'refused':
      return toMend(
        'token',
        `${from}: the Hub does not know it`,
        `create a new one at ${pages}, then \`hubgate token set\``,
      )
    case 'unchecked':
      return worthKnowing('token', `${from}; not checked: ${settings.offline ?? error?.message}`)
    case 'valid':
      break
  }
  if (account === undefined) return worthKnowing('token', from)
  const text = `${account.name}'s, ${describeKind(account)}, ${from}; gated models: ${describeGatedReach(account)}`
  if (gatedReach(account).reach !== 'none') return isWell('token', text)
  const step = nextStep('token-scope', { modelId: '', endpoint: settings.endpoint.origin })
  return worthKnowing('token', text, `${step.text}: ${step.url}`)
}

const SOON_MS = 24 * 3600 * 1000

function expiry({ expiresAt }: TokenReport, { inputs, settings }: Checkup): Finding[] {
  const now = inputs.now()
  if (expiresAt === undefined || !isExpired(expiresAt, new Date(now.getTime() + SOON_MS))) return []
  const remedy = `sign in again with \`hf auth login\`, or create one at ${tokensPage(settings.endpoint)}`
  return isExpired(expiresAt, now)
    ? [toMend('token', `it expired on ${expiresAt.slice(0, 16)} UTC`, remedy)]
    : [worthKnowing('token', `it expires on ${expiresAt.slice(0, 16)} UTC`, remedy)]
}

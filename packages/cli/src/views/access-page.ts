import { type AccessAnswer, accessBadge, gatedLabel, gateMark, isOpen } from '@hubgate/core/access'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Paint } from './paint.ts'
import { formatAge } from './quantities.ts'

/** What one token meets at one model's gate: the state, why, and the one next step. */
export function renderAccessPage(
  answer: AccessAnswer,
  options: { readonly now: Date; readonly paint: Paint; readonly tokenFrom?: string | undefined },
): string[] {
  const { now, paint, tokenFrom } = options
  const { id, renamedFrom, gated, state, account, checkedAt, hubMessage, nextStep, previous, failure } = answer
  const badge = accessBadge(state)
  const clean = stripControlCharacters
  const asked =
    checkedAt === undefined
      ? 'not asked'
      : `checked ${ago(checkedAt, now)}${account === undefined ? (tokenFrom === undefined ? ', without a token' : '') : ` as ${clean(account)}`}`
  return [
    `${paint(clean(id), 'bold')}  ${paint(badge.label, badge.colour)}${renamedFrom === undefined ? '' : paint(`   formerly ${clean(renamedFrom)}`, 'dim')}`,
    line('access', `${badge.sentence}${paint(`   ${asked}`, 'dim')}`),
    line('gate', paint(gatedLabel(gated), gateMark(gated).colour)),
    ...(hubMessage === undefined || isOpen(state) ? [] : [line('Hub says', `"${clean(hubMessage)}"`)]),
    ...(failure === undefined ? [] : [line('because', clean(failure.message))]),
    ...(previous === undefined
      ? []
      : [
          line(
            'before',
            `${accessBadge(previous.state).label} (${gatedLabel(previous.gated)}), ${ago(previous.checkedAt, now)}`,
          ),
        ]),
    line('next', clean(nextStep.text)),
    line('', paint(clean(nextStep.url), 'blue')),
  ]
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(10)}${text}`
}

function ago(moment: string, now: Date): string {
  const age = formatAge(moment, now)
  return age === 'now' ? 'just now' : `${age} ago`
}

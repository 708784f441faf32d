import { type AccessAnswer, accessBadge, gatedLabel, gateMark, isOpen, type PreviousAccess } from '@hubgate/core/access'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Paint } from './paint.ts'
import { formatAge } from './quantities.ts'

interface AccessView {
  readonly now: Date
  readonly paint: Paint
  /** Was a token sent? */
  readonly hasToken: boolean
}

/** What one token meets at one model's gate: the state, why, and the one next step. */
export function renderAccessPage(answer: AccessAnswer, view: AccessView): string[] {
  const { paint } = view
  const { id, renamedFrom, gated, state } = answer
  const badge = accessBadge(state)
  const former = renamedFrom === undefined ? '' : paint(`   formerly ${clean(renamedFrom)}`, 'dim')
  return [
    `${paint(clean(id), 'bold')}  ${paint(badge.label, badge.colour)}${former}`,
    line('gate', paint(gatedLabel(gated), gateMark(gated).colour)),
    ...accessLines(answer, view),
  ]
}

/** The lines of a page that speak of access. */
export function accessLines(answer: AccessAnswer, { now, paint, hasToken }: AccessView): string[] {
  const { state, account, checkedAt, hubMessage, nextStep, previous, failure } = answer
  const who = account === undefined ? (hasToken ? '' : ', without a token') : ` as ${clean(account)}`
  const { sentence, colour } = accessBadge(state)
  const verb = failure === undefined ? 'checked' : 'tried'
  const asked = checkedAt === undefined ? 'not asked' : `${verb} ${ago(checkedAt, now)}${who}`
  return [
    line('access', `${paint(sentence, colour)}${paint(`   ${asked}`, 'dim')}`),
    ...(hubMessage === undefined || isOpen(state) ? [] : [line('Hub says', `"${clean(hubMessage)}"`)]),
    ...(failure === undefined ? [] : [line('because', clean(failure.message))]),
    ...(previous === undefined ? [] : [line('before', describePrevious(previous, now))]),
    line('next', clean(nextStep.text)),
    line('', paint(clean(nextStep.url), 'blue')),
  ]
}

function describePrevious({ state, gated, checkedAt }: PreviousAccess, now: Date): string {
  return `${accessBadge(state).label} (${gatedLabel(gated)}), ${ago(checkedAt, now)}`
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(12)}${text}`
}

function ago(moment: string, now: Date): string {
  const age = formatAge(moment, now)
  return age === 'now' ? 'just now' : `${age} ago`
}

const clean = stripControlCharacters

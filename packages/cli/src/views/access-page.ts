import { type AccessAnswer, accessBadge, gatedLabel, gateMark, isOpen, type PreviousAccess } from '@hubgate/core/access'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Paint } from './paint.ts'
import { agoText } from './quantities.ts'
import { besideHead } from './wrap.ts'

interface AccessView {
  readonly now: Date
  readonly paint: Paint
  /** Columns of the screen. */
  readonly width: number
  /** Was a token sent? */
  readonly hasToken: boolean
}

/** What one token meets at one model's gate: the state, why, and the one next step. */
export function renderAccessPage(answer: AccessAnswer, view: AccessView): string[] {
  const { paint, width } = view
  const { id, renamedFrom, gated, state } = answer
  const badge = accessBadge(state)
  const former = renamedFrom === undefined ? '' : paint(`   formerly ${clean(renamedFrom)}`, 'dim')
  return [
    `${paint(clean(id), 'bold')}  ${paint(badge.label, badge.colour)}${former}`,
    ...entry('gate', gatedLabel(gated), width, (part) => paint(part, gateMark(gated).colour)),
    ...accessLines(answer, view),
  ]
}

/** The lines of a page that speak of access. */
export function accessLines(answer: AccessAnswer, { now, paint, width, hasToken }: AccessView): string[] {
  const { state, account, checkedAt, hubMessage, nextStep, previous, failure } = answer
  const who = account === undefined ? (hasToken ? '' : ', without a token') : ` as ${clean(account)}`
  const { sentence, colour } = accessBadge(state)
  const verb = failure === undefined ? 'checked' : 'tried'
  const asked = checkedAt === undefined ? 'not asked' : `${verb} ${agoText(checkedAt, now)}${who}`
  return [
    ...entry('access', sentence, width, (part) => paint(part, colour)),
    ...entry('', asked, width, (part) => paint(part, 'dim')),
    ...(hubMessage === undefined || isOpen(state) ? [] : entry('Hub says', `"${clean(hubMessage)}"`, width)),
    ...(failure === undefined ? [] : entry('because', clean(failure.message), width)),
    ...(previous === undefined ? [] : entry('before', describePrevious(previous, now), width)),
    ...entry('next', clean(nextStep.text), width),
    ...entry('', clean(nextStep.url), width, (part) => paint(part, 'blue')),
  ]
}

function entry(name: string, text: string, width: number, paint?: (part: string) => string): string[] {
  return besideHead(`  ${name.padEnd(12)}`, text, width, paint)
}

function describePrevious({ state, gated, checkedAt }: PreviousAccess, now: Date): string {
  return `${accessBadge(state).label} (${gatedLabel(gated)}), ${agoText(checkedAt, now)}`
}

const clean = stripControlCharacters

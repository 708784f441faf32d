import type { Paint } from '../views/paint.ts'

/** One thing looked at, and what to do where it is not well. A promised interface of `doctor --json`: fields are only added. */
export interface Finding {
  readonly name: string
  /** `note`: worth knowing, and all works. `problem`: something that does not. */
  readonly state: 'ok' | 'note' | 'problem'
  readonly text: string
  readonly remedy?: string
}

export function isWell(name: string, text: string): Finding {
  return { name, state: 'ok', text }
}

export function worthKnowing(name: string, text: string, remedy?: string): Finding {
  return { name, state: 'note', text, ...(remedy === undefined ? {} : { remedy }) }
}

export function toMend(name: string, text: string, remedy: string): Finding {
  return { name, state: 'problem', text, remedy }
}

export function renderFinding({ name, state, text, remedy }: Finding, paint: Paint): string {
  const marks = { ok: paint('ok     ', 'green'), note: paint('note   ', 'yellow'), problem: paint('problem', 'red') }
  const more = remedy === undefined ? '' : `${' '.repeat(9)}${paint('remedy:', 'blue')} ${remedy}\n`
  return `${marks[state]}  ${name.padEnd(13)} ${text}\n${more}`
}

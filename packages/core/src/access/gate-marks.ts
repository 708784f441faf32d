import type { GatedStatus } from './gated.ts'

export const colours = ['green', 'yellow', 'red', 'blue', 'grey'] as const
export type Colour = (typeof colours)[number]

/** How a gate is shown in one line. `docs/architecture.md` fixes these byte for byte. */
export interface GateMark {
  /** Stands after the label, with a blank before it; empty for public models. */
  readonly bracket: string
  /** Stands before the id; six blanks for public models. */
  readonly icon: string
  /** One word for the column of a table. */
  readonly word: string
  readonly colour: Colour
}

const marks = {
  false: { bracket: '', icon: '      ', word: 'public', colour: 'green' },
  auto: { bracket: '[Terms]', icon: '[LOCK] ', word: 'terms', colour: 'yellow' },
  manual: { bracket: '[Approval]', icon: '[KEY] ', word: 'approval', colour: 'red' },
  true: { bracket: '[Restricted]', icon: '[LOCK] ', word: 'restricted', colour: 'red' },
  null: { bracket: '[?]', icon: '[?] ', word: '?', colour: 'grey' },
} as const satisfies Record<string, GateMark>

/** The marks of a gate; `null` stands for one that was never seen. */
export function gateMark(gated: GatedStatus | null): GateMark {
  return marks[`${gated}`]
}

const sgrCodes: Readonly<Record<Colour, number>> = { green: 32, yellow: 33, red: 31, blue: 34, grey: 90 }

/** Text between the escape sequences of a colour. Whether a terminal is there to show it, the caller knows. */
export function colourText(text: string, colour: Colour): string {
  return `\u001B[${sgrCodes[colour]}m${text}\u001B[39m`
}

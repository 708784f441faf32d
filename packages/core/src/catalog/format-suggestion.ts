import { colourText, gateMark } from '../access/gate-marks.ts'
import { type GatedStatus, parseGated } from '../access/gated.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import { paramsLabel } from './labels.ts'

/** `plain` has no mark, `brackets` a suffix, `icons` a prefix, `colors` the suffix in the gate's colour. */
export const suggestionStyles = ['plain', 'brackets', 'icons', 'colors'] as const
export type SuggestionStyle = (typeof suggestionStyles)[number]

/** What one line shows of a model. */
export interface SuggestionLine {
  readonly id: string
  readonly gated: GatedStatus | null
  readonly params: number | undefined
  /** `16GB`; `undefined` is shown as `?`. */
  readonly memoryLabel: string | undefined
}

/**
 * One line of the product's specification, byte for byte: `org/name (16GB, 8B) [Terms]`.
 * @param options.color colours the line by its gate, on top of the style's own mark: colour is never the only sign
 */
export function formatSuggestionLine(
  line: SuggestionLine,
  options: { readonly style?: SuggestionStyle; readonly color?: boolean } = {},
): string {
  const { style = 'brackets', color = style === 'colors' } = options
  const { bracket, icon, colour } = gateMark(line.gated)
  const id = stripControlCharacters(line.id)
  const label = `${id} (${stripControlCharacters(line.memoryLabel ?? '?')}, ${paramsLabel(id, line.params)})`
  const text =
    style === 'plain' ? label : style === 'icons' ? `${icon}${label}` : bracket === '' ? label : `${label} ${bracket}`
  return color ? colourText(text, colour) : text
}

/** A gate from an object that may be a raw answer, a model as JSON, or hand-written; `null` where it names none. */
export function gateOf(value: { readonly gated?: unknown }): GatedStatus | null {
  return parseGated(value.gated) ?? null
}

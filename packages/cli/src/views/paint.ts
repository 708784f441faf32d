import { type Colour, colourText } from '@hubgate/core/access'

export type Paint = (text: string, style: Colour | 'bold' | 'dim' | 'inverse') => string

const attributes = { bold: [1, 22], dim: [2, 22], inverse: [7, 27] } as const

/** Colours text, or leaves it as it is where no colour is wanted. */
export function createPaint(color: boolean): Paint {
  if (!color) return (text) => text
  return (text, style) => {
    if (style === 'bold' || style === 'dim' || style === 'inverse') {
      const [on, off] = attributes[style]
      return `\u001B[${on}m${text}\u001B[${off}m`
    }
    return colourText(text, style)
  }
}

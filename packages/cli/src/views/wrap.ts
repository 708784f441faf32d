import stringWidth from 'fast-string-width'

/** Lines of at most `width` columns, broken at blanks; a word that is longer than a line stays whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || stringWidth(`${last} ${word}`) > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** `head`, and beside it `text` wrapped under itself where the screen is narrow. */
export function besideHead(
  head: string,
  text: string,
  width: number,
  paint: (part: string) => string = (part) => part,
): string[] {
  const indent = stringWidth(head)
  return wrapText(text, Math.max(16, width - indent)).map(
    (part, index) => (index === 0 ? head : ' '.repeat(indent)) + paint(part),
  )
}

/** Paragraphs broken anew to at most `width` columns. Lines that begin with a blank, and empty ones, stay as they are. */
export function wrapParagraphs(text: string, width: number): string {
  const lines: string[] = []
  let paragraph: string[] = []
  const flush = (): void => {
    if (paragraph.length > 0) lines.push(...wrapText(paragraph.join(' '), width))
    paragraph = []
  }
  for (const line of text.split('\n')) {
    if (line !== '' && !line.startsWith(' ')) paragraph.push(line)
    else {
      flush()
      lines.push(line)
    }
  }
  flush()
  return lines.join('\n')
}

/** What was passed over, hidden or kept back, and what to do where that was not meant. Never holds a token. */
export interface Notice {
  /** One line for people. */
  readonly text: string
  /** Half a sentence that can follow the text. */
  readonly remedy: string
}

/** Both in one line. */
export function noticeText({ text, remedy }: Notice): string {
  return `${text}: ${remedy}`
}

import type { Secret } from '../../util/secret.ts'

/**
 * The text of `stored_tokens` with this token under this name, as `hf auth login` writes it. What stood under the name goes,
 * its expiry and refresh token included: they belonged to the other token. Every other line stays as it is.
 */
export function withStoredToken(text: string, name: string, secret: Secret): string {
  const rest = withoutStoredToken(text, name)
  const eol = rest.includes('\r\n') ? '\r\n' : '\n'
  const gap = rest === '' || /\n\r?\n$/.test(rest) ? '' : rest.endsWith('\n') ? eol : eol + eol
  return `${rest}${gap}[${name}]${eol}hf_token = ${secret.reveal()}${eol}${eol}`
}

/** The text without the section of that name. Comments stay, and so does every line of the other sections. */
export function withoutStoredToken(text: string, name: string): string {
  const kept: string[] = []
  let isInside = false
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const section = sectionName(line)
    if (section !== undefined) isInside = section === name
    const isComment = /^\s*[#;]/.test(line)
    if (!isInside || isComment) kept.push(line)
  }
  return kept.join('')
}

/** A name as it may stand between the brackets; `undefined` for one that would break the file or mean something else there. */
export function storableName(name: string): string | undefined {
  // `DEFAULT` gives its values to all the other sections.
  return /^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u.test(name) && name.trim() === name && name !== 'DEFAULT' ? name : undefined
}

function sectionName(line: string): string | undefined {
  return /^\[(.+)\]/.exec(line)?.[1]
}

import type { Secret } from './secret.ts'

/**
 * Makes a function that takes a secret out of text from outside, also where each of its characters may be written as in JSON
 * (`\u0068`) or in an address (`%68`). Of less than six characters nothing is taken for a secret: half of all text would go.
 * @example redactor(new Secret('hf_abc'))('no hf_abc') // 'no [secret]'
 */
export function redactor(secret: Secret | undefined): (text: string) => string {
  const value = secret?.reveal() ?? ''
  if (value.length < MIN_LENGTH) return (text) => text
  const written = new RegExp(value.split('').map(spellings).join(''), 'g')
  // Nearly no text holds it, and to look for the plain form is far quicker.
  return (text) =>
    text.includes(value) || /\\u00|%[2-7]/i.test(text) ? text.replace(written, () => secret?.toString() ?? '') : text
}

const MIN_LENGTH = 6

/** What may stand for one character. Tokens are visible ASCII, so two hex digits are enough. */
function spellings(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')
  const hex = digits.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const plain = character.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)
  return String.raw`(?:\\u00${hex}|%${hex}|${plain})`
}

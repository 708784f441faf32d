export { escapeControlCharacters, hasControlCharacters, stripControlCharacters } from './control-characters.ts'
export { isWithin, type NumberRange, parseCount, parseRange, parseTokens } from './quantity.ts'
export { redactor } from './redact.ts'
export { Secret } from './secret.ts'

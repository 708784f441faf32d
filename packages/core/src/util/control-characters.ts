// Text from outside may carry terminal escapes that move the cursor, rename the window or hide what follows.
const escapeSequence =
  // oxlint-disable-next-line no-control-regex -- they are what this looks for
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|(?:\u001B[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|\u001B[ -/]*[0-~]?/g
// C0 and C1 controls, line and paragraph separators, and the marks that turn text right to left.
// oxlint-disable-next-line no-control-regex -- they are what this looks for
const controlCharacter = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]+/g

/**
 * One line of text that a terminal prints as it stands: escape sequences are removed, other control characters become a blank.
 * @example stripControlCharacters('a\u001b[31mb\nc') // 'ab c'
 */
export function stripControlCharacters(text: string): string {
  return text.replace(escapeSequence, '').replace(controlCharacter, ' ').trim()
}

export function hasControlCharacters(text: string): boolean {
  return text.search(controlCharacter) >= 0
}

/**
 * JSON that a terminal may be shown: what would steer it stands as `\u009b`, and means the same to whoever reads the JSON.
 * `JSON.stringify` does so for the first 32 characters only.
 */
export function escapeControlCharacters(json: string): string {
  return json.replace(controlCharacter, (run) => Array.from(run, asEscape).join(''))
}

/** Line breaks are part of the JSON's own layout. */
function asEscape(character: string): string {
  return character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

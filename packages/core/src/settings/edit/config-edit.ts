import { applyEdits, type JSONPath, modify } from 'jsonc-parser'
import { parseConfigFile } from '../config-file.ts'

/**
 * The text of `config.json` with this origin among `allowedEndpoints`; every other key, blank and number stays as written.
 * `undefined` where it is among them already.
 * @param text `undefined` where there is no file yet
 * @throws {HubgateError} `ERR_SETTING` for a file that cannot be used as it is
 */
export function withAllowedEndpoint(text: string | undefined, origin: string, configPath: string): string | undefined {
  const current = usable(text)
  const allowed = allowedIn(current, configPath)
  if (allowed.some((entry) => isOf(entry, origin))) return undefined
  return allowed.length === 0
    ? edit(current, ['allowedEndpoints'], [origin])
    : edit(current, ['allowedEndpoints', -1], origin)
}

/** The text without that origin, however it was written there; `undefined` where it is not there. @throws see above */
export function withoutAllowedEndpoint(
  text: string | undefined,
  origin: string,
  configPath: string,
): string | undefined {
  const current = usable(text)
  const allowed = allowedIn(current, configPath)
  const rest = allowed.filter((entry) => !isOf(entry, origin))
  if (rest.length === allowed.length) return undefined
  return edit(current, ['allowedEndpoints'], rest.length === 0 ? undefined : rest)
}

function usable(text: string | undefined): string {
  return text === undefined || text.trim() === '' ? '{}\n' : text
}

function allowedIn(text: string, configPath: string): readonly string[] {
  return parseConfigFile(text, configPath).config.allowedEndpoints ?? []
}

function isOf(entry: string, origin: string): boolean {
  return URL.parse(entry)?.origin === origin
}

function edit(text: string, path: JSONPath, value: unknown): string {
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? '  '
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  }
  return applyEdits(text, modify(text, path, value, { formattingOptions, isArrayInsertion: path.at(-1) === -1 }))
}

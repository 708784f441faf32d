/** What a text may hold before it is parsed: a parser's memory grows with these, not with the text's length. */
export interface JsonLimits {
  readonly bytes: number
  readonly depth: number
  /** Members of objects and elements of arrays, all together. */
  readonly members: number
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b])
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d])

/**
 * Parses JSON from outside after one pass over its bytes has shown that it is neither too deep nor too large.
 * @throws {RangeError} when it is beyond a limit
 * @throws {SyntaxError} when it is no JSON, or not UTF-8
 */
export function parseBoundedJson(bytes: Uint8Array, limits: JsonLimits): unknown {
  if (bytes.byteLength > limits.bytes)
    throw new RangeError(`it has ${bytes.byteLength} bytes, more than ${limits.bytes}`)
  checkShape(bytes, limits)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw error instanceof SyntaxError ? error : new SyntaxError('it is not UTF-8', { cause: error })
  }
}

function checkShape(bytes: Uint8Array, { depth: maxDepth, members: maxMembers }: JsonLimits): void {
  let [depth, members, isText] = [0, 0, false]
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    if (byte === QUOTE) isText = !isText
    else if (isText) index += byte === BACKSLASH ? 1 : 0
    else if (byte === COMMA || opening.has(byte)) members++
    if (!isText && opening.has(byte)) depth++
    if (!isText && closing.has(byte)) depth--
    if (depth > maxDepth) throw new RangeError(`it is nested more than ${maxDepth} deep`)
    if (members > maxMembers) throw new RangeError(`it has more than ${maxMembers} members`)
  }
}

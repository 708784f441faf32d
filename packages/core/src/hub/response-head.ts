/** Status and headers of an HTTP/1.1 answer. */
export interface ResponseHead {
  readonly status: number
  /** Names in lower case; of repeated ones all, joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  /** How many bytes of the input the head took, its blank line included. */
  readonly length: number
}

const MAX_HEAD_BYTES: number = 32 * 1024

/**
 * Reads the head of an answer; `undefined` while it is not whole. Strict: what is not plainly HTTP/1.1 is refused, and left to a
 * client that knows all of HTTP.
 * @throws {SyntaxError}
 * @see RFC 9112, 4 and 5
 */
export function parseResponseHead(bytes: Buffer): ResponseHead | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) {
    if (bytes.length > MAX_HEAD_BYTES) throw new SyntaxError('the head of the answer has no end')
    return undefined
  }
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})(?: [^\r\n]*)?$/.exec(statusLine)?.[1]
  if (status === undefined) throw new SyntaxError('the answer does not begin like one')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined) throw new SyntaxError('a header of the answer cannot be read')
    const key = name.toLowerCase()
    const earlier = headers.get(key)
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`)
  }
  return { status: Number(status), headers: Object.fromEntries(headers), length: end + 4 }
}

/** Does its body come in chunks, and wrapped in nothing else? Of a length as well, somebody on the way may think otherwise. */
export function comesInChunks({ headers }: ResponseHead): boolean {
  return headers['transfer-encoding']?.toLowerCase() === 'chunked' && headers['content-length'] === undefined
}

/** How long a body is that needs no unwrapping; `undefined` for one that is chunked, or ends with its connection. */
export function plainBodyLength({ headers }: ResponseHead): number | undefined {
  const length = headers['content-length']
  if (headers['transfer-encoding'] !== undefined || length === undefined || !/^\d{1,16}$/.test(length)) return undefined
  return Number(length)
}

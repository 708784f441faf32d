/** `bytes 0-99/1000`: the last byte belongs to the range; the total is `undefined` where it reads `*`. */
export interface ContentRange {
  readonly first: number
  readonly last: number
  readonly total: number | undefined
}

/** Reads a `Content-Range`; `undefined` for one that cannot be meant. @see RFC 9110, 14.4 */
export function parseContentRange(text: string | undefined): ContentRange | undefined {
  const match = /^\s*bytes\s+(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)\s*$/i.exec(text ?? '')
  if (match === null) return undefined
  const [first, last] = [Number(match[1]), Number(match[2])]
  const total = match[3] === '*' ? undefined : Number(match[3])
  if (first > last || (total !== undefined && last >= total)) return undefined
  return { first, last, total }
}

// `bytes */1000` tells how large the file is whose range was not to be had; `undefined` for anything else.
export function parseUnsatisfiedRange(text: string | undefined): number | undefined {
  const size = /^\s*bytes\s+\*\/(\d{1,16})\s*$/i.exec(text ?? '')?.[1]
  return size === undefined ? undefined : Number(size)
}

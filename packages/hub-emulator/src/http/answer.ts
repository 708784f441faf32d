import { createHash } from 'node:crypto'
import { type Content, readContent, sizeOf, storedContent } from '../files/content.ts'

/** What goes back: decided by a route, sent by the server. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
  /** Whether a client that takes gzip gets gzip, as it does for text. */
  readonly isCompressible: boolean
}

/** Bytes of an answer; read in pieces, so that 64 GiB weigh nothing. */
export interface Body {
  readonly size: number
  /** Where the body begins in the file it is of. */
  readonly offset: number
  /** Bytes from `start` up to but without `end`, counted within the body. */
  read(start: number, end: number): Buffer
}

export function bodyOf(content: Content, offset = 0, end: number = sizeOf(content)): Body {
  return {
    size: end - offset,
    offset,
    read: (start, stop) => readContent(content, offset + start, Math.min(end, offset + stop)),
  }
}

export function jsonAnswer(value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  const text = JSON.stringify(value)
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ETag: weakEtag(text), ...headers },
    body: bodyOf(storedContent(text)),
    isCompressible: true,
  }
}

export function textAnswer(
  text: string,
  headers: Readonly<Record<string, string>> = {},
  { status = 200, type = 'text/plain; charset=utf-8' }: { readonly status?: number; readonly type?: string } = {},
): Answer {
  return {
    status,
    headers: { 'Content-Type': type, ...headers },
    body: bodyOf(storedContent(text)),
    isCompressible: false,
  }
}

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: bodyOf(storedContent('')), isCompressible: false }
}

const redirectWords: Readonly<Record<number, string>> = { 302: 'Found', 303: 'See Other', 307: 'Temporary Redirect' }

/** The text of a redirect has a length of its own, which is not the file's. */
export function redirectAnswer(
  status: 302 | 303 | 307,
  location: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return textAnswer(
    `${redirectWords[status]}. Redirecting to ${location}`,
    { Location: location, ...headers },
    { status },
  )
}

/** In the Hub's form: the length in hex, then a hash. */
function weakEtag(text: string): string {
  const hash = createHash('sha1').update(text).digest('base64').slice(0, 27)
  return `W/"${Buffer.byteLength(text).toString(16)}-${hash}"`
}

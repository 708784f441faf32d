import { type Content, sizeOf } from '../files/content.ts'
import { type Answer, bodyOf, emptyAnswer } from './answer.ts'

/** From a byte up to but without another. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * What a `Range` header asks of a file of `size` bytes: `undefined` for the whole file, `'outside'` for nothing of it.
 *
 * Several ranges at once are answered by the whole file, as object stores do.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'outside' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (match === null) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  if (first === '')
    return last === '0' || size === 0 ? 'outside' : { start: Math.max(0, size - Number(last)), end: size }
  const start = Number(first)
  const end = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'outside' : { start, end }
}

/** A file, or the part of it that was asked for. */
export function fileAnswer(
  content: Content,
  headers: Readonly<Record<string, string>>,
  asked: {
    readonly range: string | undefined
    readonly ifRange: string | undefined
    readonly isCompressible?: boolean
  },
): Answer {
  const size = sizeOf(content)
  const isOfOther = asked.ifRange !== undefined && asked.ifRange !== headers['ETag']
  const range = isOfOther ? undefined : parseRange(asked.range, size)
  const all = { ...headers, 'Accept-Ranges': 'bytes' }
  if (range === 'outside') return emptyAnswer(416, { 'Content-Range': `bytes */${size}` })
  if (range === undefined)
    return { status: 200, headers: all, body: bodyOf(content), isCompressible: asked.isCompressible ?? false }
  const { start, end } = range
  return {
    status: 206,
    headers: { ...all, 'Content-Range': `bytes ${start}-${end - 1}/${size}` },
    body: bodyOf(content, start, end),
    isCompressible: false,
  }
}

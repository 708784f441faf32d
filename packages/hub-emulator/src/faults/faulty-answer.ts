import type { Answer, Body } from '../http/answer.ts'
import { textAnswer } from '../http/answer.ts'
import { type Fault, findFault } from './fault.ts'

const GIB = 1024 ** 3

/** The answer that is sent in place of the right one, where its content itself is at fault. */
export function faultyAnswer(answer: Answer, faults: readonly Fault[]): Answer {
  if (findFault(faults, 'html'))
    return textAnswer('<!DOCTYPE html>\n<html><body><h1>Sign in</h1></body></html>\n', {}, { type: 'text/html' })
  const huge = findFault(faults, 'huge-json')
  if (huge) return { ...answer, isCompressible: false, body: hugeJson(huge.bytes ?? GIB) }
  if (findFault(faults, 'malformed-json'))
    return { ...answer, body: firstBytes(answer.body, Math.floor(answer.body.size / 2)) }
  return answer
}

/** How much of the body is sent, what is said of its length, and how it ends. */
export interface Delivery {
  readonly body: Body
  /** Bytes in all that are sent. */
  readonly bytes: number
  /** `Content-Length`; `undefined` for none. */
  readonly announced: number | undefined
  readonly ending: 'end' | 'close' | 'destroy' | 'hang'
}

export function deliveryOf(body: Body, faults: readonly Fault[]): Delivery {
  const cut = findFault(faults, 'cut')
  const hang = findFault(faults, 'hang-body')
  const short = findFault(faults, 'short')
  const truncate = findFault(faults, 'truncate')
  const size = Math.max(0, body.size - (truncate?.missingBytes ?? 0))
  const sent = corrupted(body, faults)
  if (findFault(faults, 'endless')) {
    const bytes = Math.min(cut?.afterBytes ?? Number.POSITIVE_INFINITY, hang?.afterBytes ?? Number.POSITIVE_INFINITY)
    return { body: endless(sent), bytes, announced: undefined, ending: cut ? 'destroy' : 'hang' }
  }
  if (cut && cut.afterBytes < size && !(hang && hang.afterBytes < cut.afterBytes))
    return { body: sent, bytes: cut.afterBytes, announced: size, ending: 'destroy' }
  if (hang && hang.afterBytes < size) return { body: sent, bytes: hang.afterBytes, announced: size, ending: 'hang' }
  if (short && short.missingBytes > 0 && size > 0)
    return { body: sent, bytes: Math.max(0, size - short.missingBytes), announced: size, ending: 'close' }
  return { body: sent, bytes: size, announced: size, ending: 'end' }
}

/** One byte is another: the one at the named place of the file, or the one in the middle of this body. */
function corrupted(body: Body, faults: readonly Fault[]): Body {
  const corrupt = findFault(faults, 'corrupt')
  if (corrupt === undefined || body.size === 0) return body
  const place = corrupt.at === undefined ? Math.floor(body.size / 2) : corrupt.at - body.offset
  return {
    ...body,
    read(start, end) {
      const bytes = Buffer.from(body.read(start, end))
      const index = place - start
      const byte = bytes[index]
      if (byte !== undefined) bytes[index] = byte ^ 0xff
      return bytes
    },
  }
}

function endless(body: Body): Body {
  return {
    ...body,
    read: (start, end) =>
      start < body.size ? body.read(start, Math.min(end, body.size)) : Buffer.alloc(end - start, 'x'),
  }
}

function firstBytes(body: Body, size: number): Body {
  return { ...body, size, read: (start, end) => body.read(start, Math.min(size, end)) }
}

const ROW = `{"id":"pad/pad","pad":"${'x'.repeat(1000)}"},`

/** Rows and rows, the array closed at its end; nothing of it is held. */
function hugeJson(bytes: number): Body {
  const size = Math.max(4, bytes)
  const rows = Math.max(0, Math.floor((size - 4) / ROW.length))
  const rest = size - 1 - rows * ROW.length
  const tail = `${'0'.padStart(rest - 1)}]`
  return {
    size,
    offset: 0,
    read(start, end) {
      const firstRow = Math.min(rows, Math.max(0, Math.floor((start - 1) / ROW.length)))
      const lastRow = Math.min(rows, Math.ceil((end - 1) / ROW.length))
      const text = `${firstRow === 0 ? '[' : ''}${ROW.repeat(Math.max(0, lastRow - firstRow))}${lastRow === rows ? tail : ''}`
      const textStart = firstRow === 0 ? 0 : 1 + firstRow * ROW.length
      return Buffer.from(text).subarray(start - textStart, end - textStart)
    },
  }
}

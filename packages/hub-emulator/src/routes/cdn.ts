import { type Answer, emptyAnswer, textAnswer } from '../http/answer.ts'
import { type Exchange, headerOf } from '../http/exchange.ts'
import { fileAnswer } from '../http/range.ts'
import type { Route } from '../http/route.ts'

/** Bytes of large files, for whoever holds a signed address that still lives. */
export const cdn: Route = {
  name: 'cdn',
  host: 'cdn',
  method: 'GET',
  path: '/{path}',
  bucket: 'resolvers',
  errors: 'text',
  ignoresToken: true,
  handle(exchange) {
    // Two credentials at once: whoever sends a token here has leaked it.
    if (headerOf(exchange, 'authorization') !== undefined) return leaked()
    const { hub, path, query } = exchange
    const file = hub.signer.open(path, query)
    if (file === undefined) return expired()
    const etag = `"${file.xetHash}"`
    if (headerOf(exchange, 'if-none-match') === etag) return emptyAnswer(304, { ETag: etag })
    return fileAnswer(file.content, cdnHeaders(exchange, etag), {
      range: headerOf(exchange, 'range'),
      ifRange: headerOf(exchange, 'if-range'),
    })
  },
}

/** The etag is the Xet hash, which looks exactly like a SHA-256 and is none. No header of the Hub is here. */
function cdnHeaders({ query }: Exchange, etag: string): Record<string, string> {
  return {
    'Content-Type': 'application/octet-stream',
    ETag: etag,
    'Content-Disposition': query.get('response-content-disposition') ?? 'inline',
    'Cache-Control': 'public, max-age=31536000',
  }
}

export function expired(): Answer {
  return xmlError(403, 'AccessDenied', 'Request has expired')
}

function leaked(): Answer {
  return xmlError(400, 'InvalidArgument', 'Only one auth mechanism allowed')
}

function xmlError(status: number, code: string, message: string): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>\n`
  return textAnswer(text, {}, { status, type: 'application/xml' })
}

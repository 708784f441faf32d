import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Caller } from '../accounts/accounts.ts'
import type { Hub } from '../hub.ts'
import { Refusal } from './refusal.ts'

/** Bodies are small forms; more than this is not read. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

/** One request, as routes see it. */
export interface Exchange {
  readonly hub: Hub
  readonly method: string
  /** The path as it came, encoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** The query as it came, with its `?`; empty where there is none. */
  readonly search: string
  /** Decoded parts of the path by their name in the route. */
  readonly params: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly caller: Caller
  /** The body by its content type: JSON or a form; repeated fields of a form become an array. @throws {Refusal} */
  readBody(): Promise<unknown>
}

/** One value of a header. */
export function headerOf({ headers }: Pick<Exchange, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

export async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part))
    size += bytes.length
    if (size > MAX_BODY_BYTES) throw new Refusal(413, 'Payload Too Large')
    parts.push(bytes)
  }
  const text = Buffer.concat(parts).toString('utf8')
  if (text.trim() === '') return {}
  return request.headers['content-type']?.includes('json') ? parseJson(text) : parseForm(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new Refusal(400, 'Invalid JSON in body')
  }
}

function parseForm(text: string): unknown {
  const form = new URLSearchParams(text)
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface Reply {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

export interface AskOptions {
  readonly method?: string
  readonly token?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** One request as it is: no redirect followed, nothing decoded, the path sent as it stands. */
export async function ask(url: string, options: AskOptions = {}): Promise<Reply> {
  const { bytes, ...reply } = await askBytes(url, options)
  return { ...reply, body: bytes.toString('utf8') }
}

export function askBytes(
  url: string,
  { method = 'GET', token, headers = {}, body }: AskOptions = {},
): Promise<Omit<Reply, 'body'> & { readonly bytes: Buffer }> {
  const { hostname, port } = new URL(url)
  const path = url.slice(url.indexOf('/', 'http://'.length))
  const all = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), connection: 'close', ...headers }
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers: all }, (response) => {
      const plain = Object.entries(response.headers).map(([name, value]) => [name, value?.toString()])
      buffer(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(plain), bytes }),
        reject,
      )
    })
    call.once('error', reject)
    call.end(body)
  })
}

export function postJson(url: string, value: unknown, token?: string, method = 'POST'): Promise<Reply> {
  const as = token === undefined ? {} : { token }
  return ask(url, { ...as, method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })
}

export function objectOf(reply: Reply): Record<string, unknown> {
  return JSON.parse(reply.body) as Record<string, unknown>
}

export function rowsOf(reply: Reply): Record<string, unknown>[] {
  return JSON.parse(reply.body) as Record<string, unknown>[]
}

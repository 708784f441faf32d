import { request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Reply {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** One request as it is: no redirect followed, nothing decoded, the path sent as it stands. */
export function ask(
  url: string,
  options: {
    readonly method?: string
    readonly token?: string
    readonly headers?: Record<string, string>
    readonly body?: string
  } = {},
): Promise<Reply> {
  const { method = 'GET', token, headers = {}, body } = options
  const { hostname, port } = new URL(url)
  const path = url.slice(url.indexOf('/', 'http://'.length))
  const all = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), connection: 'close', ...headers }
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers: all }, (response) => {
      const plain = Object.entries(response.headers).map(([name, value]) => [name, value?.toString()])
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(plain), body: answer }),
        reject,
      )
    })
    call.once('error', reject)
    call.end(body)
  })
}

export function objectOf(reply: Reply): Record<string, unknown> {
  return JSON.parse(reply.body) as Record<string, unknown>
}

export function rowsOf(reply: Reply): Record<string, unknown>[] {
  return JSON.parse(reply.body) as Record<string, unknown>[]
}

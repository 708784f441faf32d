import http from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { createAuthority } from './local-authority.ts'

/** Servers of plain HTTP, spoken to over TLS. */
export interface TlsFronts extends AsyncDisposable {
  /** PEM of the authority that signed for all of them. */
  readonly certificate: string
  /** In the order of the servers they stand for. */
  readonly endpoints: readonly string[]
}

/** Puts TLS before each server; addresses in redirects that lead to one of them lead to its front. */
export async function startTlsFronts(servers: readonly string[]): Promise<TlsFronts> {
  const authority = createAuthority()
  const certificate = authority.issue('localhost')
  await using stack = new AsyncDisposableStack()
  const origins = servers.map((server) => new URL(server).origin)
  const endpoints: string[] = []
  const rename = (text: string): string =>
    origins.reduce((renamed, origin, index) => renamed.replaceAll(origin, endpoints[index] ?? origin), text)
  for (const origin of origins) {
    const front = createServer(certificate, (request, response) => {
      const { method, url = '/', headers } = request
      const inner = http.request(new URL(url, origin), { method, headers: { ...headers, host: new URL(origin).host } })
      inner.on('error', () => response.destroy())
      inner.on('response', (answer) => {
        const { location } = answer.headers
        const renamed = location === undefined ? {} : { location: rename(location) }
        response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...renamed })
        pipeline(answer, response).catch(() => inner.destroy())
      })
      pipeline(request, inner).catch(() => undefined)
    })
    await new Promise<void>((resolve) => front.listen(0, 'localhost', resolve))
    endpoints.push(`https://localhost:${(front.address() as AddressInfo).port}`)
    stack.defer(async () => {
      front.closeAllConnections()
      await new Promise((resolve) => front.close(resolve))
    })
  }
  const all = stack.move()
  return { certificate: authority.certificate, endpoints, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolveSettings, type Settings } from '../../src/settings/settings.ts'

export interface LocalHub extends AsyncDisposable {
  readonly url: string
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers'] }[]
  settings(environment?: Record<string, string>): Settings
}

/** A real server on loopback that answers as each test says. */
export async function startLocalHub(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalHub> {
  const requests: LocalHub['requests'] = []
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    settings: (environment = {}) =>
      resolveSettings({ environment: { HF_ENDPOINT: url, ...environment }, flags: { timeoutMs: 2000 } }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(value))
}

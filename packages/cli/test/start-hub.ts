import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StartedHub extends AsyncDisposable {
  readonly url: string
  /** Of each request, in the order they came. */
  readonly authorizations: (string | undefined)[]
}

/** A real server on loopback that answers as each test says. */
export async function startHub(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<StartedHub> {
  const authorizations: (string | undefined)[] = []
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorizations,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

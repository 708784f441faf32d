import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** A real proxy on loopback. Names of hosts mean what the test says: it is the proxy that looks them up. */
export interface LocalProxy extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly host: string
  /** What was asked of it: `CONNECT hub.test:443`, `GET http://hub.test/x`. */
  readonly asked: string[]
  readonly authorizations: (string | undefined)[]
}

export interface LocalProxyOptions {
  /** Where the connections for a `host:port` really go: a port of this machine. */
  readonly ports: Readonly<Record<string, number>>
  /** The only name and password that are let through. */
  readonly login?: string
  /** Takes the call and never answers it. */
  readonly isSilent?: boolean
}

export async function startLocalProxy({ ports, login, isSilent = false }: LocalProxyOptions): Promise<LocalProxy> {
  const asked: string[] = []
  const authorizations: (string | undefined)[] = []
  const sockets = new Set<Socket>()
  const isLetThrough = (message: IncomingMessage): boolean => {
    asked.push(`${message.method} ${message.url}`)
    const given = message.headers['proxy-authorization']
    authorizations.push(given)
    return login === undefined || given === `Basic ${Buffer.from(login).toString('base64')}`
  }
  const server = createServer((message, response) => {
    if (isSilent) return
    if (!isLetThrough(message)) return void response.writeHead(407).end()
    const url = new URL(message.url ?? '')
    const { 'proxy-authorization': _, ...headers } = message.headers
    const onward = request(
      {
        host: '127.0.0.1',
        port: ports[`${url.hostname}:${url.port || '80'}`],
        path: url.pathname + url.search,
        headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    onward.on('error', () => response.writeHead(502).end())
    onward.end()
  })
  server.on('connection', (socket) => void sockets.add(socket.on('error', () => {})))
  server.on('connect', (message: IncomingMessage, socket: Socket) => {
    if (isSilent) return
    if (!isLetThrough(message)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const port = ports[message.url ?? '']
    if (port === undefined) return void socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    sockets.add(onward.on('error', () => socket.destroy()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What one hostile Hub does with every request. `token` is what it was just given; `elsewhere` another origin that listens. */
export type Hostility = (exchange: Exchange) => void

export interface Exchange {
  readonly path: string
  readonly token: string
  readonly elsewhere: string
  readonly response: ServerResponse
}

export interface HostileHub extends AsyncDisposable {
  readonly url: string
  /** Whether the token came with any request: else nothing was tested. */
  readonly wasGivenToken: boolean
  /** All that came to the other origin: lines, headers and bodies. */
  readonly elsewhere: string[]
  /** Command lines of processes that held the token while the Hub was asked. */
  readonly commandLines: string[]
}

const LOOK_EVERY_MS = 50

/** Two real servers on loopback: a Hub that wants the token shown, and another origin that wants it sent. */
export async function startHostileHub(secret: string, behave: Hostility): Promise<HostileHub> {
  const seen = { isGiven: false, elsewhere: [] as string[], commandLines: [] as string[], lookedAtMs: -Infinity }
  await using started = new AsyncDisposableStack()
  const elsewhere = started.use(
    await listen(async (request, response) => {
      let body = ''
      for await (const part of request) body += String(part)
      seen.elsewhere.push(`${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)} ${body}`)
      response.end('[]')
    }),
  )
  const hub = started.use(
    await listen((request, response) => {
      const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
      if (token === secret) seen.isGiven = true
      // A command lives longer than this; to look at every request would cost more than to answer it.
      if (performance.now() - seen.lookedAtMs > LOOK_EVERY_MS) {
        seen.commandLines.push(...commandLinesWith(secret))
        seen.lookedAtMs = performance.now()
      }
      behave({ path: request.url ?? '', token, elsewhere: elsewhere.url, response })
    }),
  )
  const running = started.move()
  return {
    url: hub.url,
    get wasGivenToken() {
      return seen.isGiven
    },
    elsewhere: seen.elsewhere,
    commandLines: seen.commandLines,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** As `\u0068\u0066…`: what a filter of plain text lets through. */
export function escaped(text: string): string {
  return text.replaceAll(/./g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Every command line of this machine that anybody could read it from; none where the system shows them otherwise. */
function commandLinesWith(secret: string): string[] {
  let processes: string[] = []
  try {
    processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
  return processes.flatMap((id) => {
    try {
      const line = readFileSync(`/proc/${id}/cmdline`, 'latin1')
      return line.includes(secret) ? [line] : []
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

import type { HubClientOptions } from '../../src/hub/client.ts'
import { HubClient } from '../../src/hub/client.ts'
import { type LocalHub, startLocalHub } from '../hub/local-hub.ts'

export interface Reply {
  readonly status?: number
  readonly code?: string
  readonly message?: string
  /** Text is sent as it is, all else as JSON. */
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** What each of the three calls of a check answers, from the first to the last time it is asked; the last reply stays. */
export interface GateScript {
  readonly details?: readonly Reply[]
  readonly authCheck?: readonly Reply[]
  readonly whoami?: readonly Reply[]
}

export interface ScriptedGate extends AsyncDisposable {
  readonly client: HubClient
  readonly hub: LocalHub
  /** `details`, `auth-check` and `whoami` in the order asked; anonymous ones end in `?`. */
  readonly calls: readonly string[]
}

export const ada: Reply = { body: { name: 'ada', auth: { accessToken: { role: 'read' } } } }
export const shown = (fields: object): Reply => ({ body: { id: 'acme/tiny-8b', ...fields } })
export const refused = (message: string, code: string | null = 'GatedRepo', status = 403): Reply => ({
  status,
  message,
  ...(code === null ? {} : { code }),
})

/** A Hub that says exactly what a test wrote down: for sequences that no honest Hub would give on request. */
export async function startScriptedGate(
  script: GateScript,
  token: string | undefined,
  options: HubClientOptions = {},
): Promise<ScriptedGate> {
  const counts = { details: 0, 'auth-check': 0, whoami: 0 }
  const calls: string[] = []
  const hub = await startLocalHub((request, response) => {
    const path = request.url ?? ''
    const name = path.includes('whoami') ? 'whoami' : path.endsWith('/auth-check') ? 'auth-check' : 'details'
    const replies = { details: script.details, 'auth-check': script.authCheck, whoami: script.whoami }[name] ?? []
    const reply = replies[Math.min(counts[name], replies.length - 1)] ?? { status: 500 }
    counts[name] += 1
    calls.push(`${name}${request.headers.authorization === undefined ? '?' : ''}`)
    const {
      status = 200,
      code,
      message,
      body = message === undefined ? 'OK' : { error: message },
      headers = {},
    } = reply
    response
      .writeHead(status, {
        ...(code === undefined ? {} : { 'x-error-code': code }),
        ...(message === undefined ? {} : { 'x-error-message': message }),
        ...headers,
      })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  const client = new HubClient(hub.settings(token === undefined ? {} : { HF_TOKEN: token }), options)
  return {
    client,
    hub,
    calls,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await hub[Symbol.asyncDispose]()
    },
  }
}

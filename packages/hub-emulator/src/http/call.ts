import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../accounts/accounts.ts'
import type { Fault } from '../faults/fault.ts'
import type { Hub } from '../hub.ts'
import type { Host } from './host.ts'
import type { OpenEntry } from './request-log.ts'
import type { RouteMatch, Router } from './route.ts'

/** What all requests share. */
export interface Service {
  readonly hub: Hub
  readonly host: Host
  readonly router: Router
  /** Refuses connections to this host for so long. */
  refuse(forMs: number): Promise<void>
  /** Aborted when the emulator ends. */
  readonly closing: AbortSignal
}

/** One request on its way to an answer. */
export interface Call {
  readonly service: Service
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly search: string
  readonly match: RouteMatch | undefined
  readonly caller: Caller
  readonly ip: string
  readonly faults: readonly Fault[]
  readonly entry: OpenEntry
  /** Aborted when the client is gone or the emulator ends. */
  readonly signal: AbortSignal
}

/** Reads a request, logs it and finds the faults that fall on it. */
export function openCall(service: Service, request: IncomingMessage, response: ServerResponse): Call {
  const { hub, host, router } = service
  const url = request.url ?? '/'
  const at = url.indexOf('?')
  const path = at === -1 ? url : url.slice(0, at)
  const method = request.method ?? 'GET'
  const match = router(host, method, path, (id) => hub.models.find(id) !== undefined)
  const file = host === 'cdn' ? hub.signer.find(path) : undefined
  const known = { model: file?.modelId ?? match?.params['id'], path: file?.path ?? match?.params['path'] }
  const connection = request.socket.remotePort ?? 0
  const entry = hub.log.open({ host, method, url, headers: request.headers, connection })
  const faults = hub.faults.take({ host, route: match?.route.name, method, ...known })
  entry.route = match?.route.name
  entry.modelId = known.model
  entry.faults = faults.map(({ kind }) => kind)
  return {
    service,
    request,
    response,
    path,
    search: at === -1 ? '' : url.slice(at),
    match,
    caller: hub.accounts.callerOf(request.headers.authorization),
    ip: request.socket.remoteAddress ?? 'unknown',
    faults,
    entry,
    signal: watch(service, response, entry),
  }
}

/** Follows the answer to its end and writes down what came of it. */
function watch(service: Service, response: ServerResponse, entry: OpenEntry): AbortSignal {
  const gone = new AbortController()
  const startedAt = performance.now()
  response.once('close', () => {
    entry.status = response.headersSent ? response.statusCode : undefined
    entry.isAborted = !response.writableFinished
    entry.durationMs = performance.now() - startedAt
    gone.abort()
  })
  return AbortSignal.any([gone.signal, service.closing])
}

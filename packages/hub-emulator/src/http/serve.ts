import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFault } from '../faults/fault.ts'
import { faultyAnswer } from '../faults/faulty-answer.ts'
import { type Call, openCall, type Service } from './call.ts'
import { decide } from './decide.ts'
import { sendAnswer, until } from './send.ts'

const REFUSED_MS = 1000

/** Answers a request, or does not, as its faults say. */
export async function serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = openCall(service, request, response)
  try {
    if (!(await isLetThrough(call))) return
    const answer = faultyAnswer(await decide(call), call.faults)
    const { faults, entry, signal } = call
    response.setHeader('Date', new Date(service.hub.clock.now()).toUTCString())
    const acceptEncoding = request.headers['accept-encoding']?.toString()
    await sendAnswer(answer, { response, isHead: request.method === 'HEAD', acceptEncoding, faults, entry, signal })
  } catch (error) {
    // Whoever hung up needs no answer.
    if (call.signal.aborted) return
    // A mistake of the emulator's own: told plainly, so that no test takes it for the Hub's.
    if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' })
    response.end(`hub-emulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  }
}

/** What happens to a connection before there is an answer; `false` where there will be none. */
async function isLetThrough({ service, request, faults, signal }: Call): Promise<boolean> {
  const latency = findFault(faults, 'latency')
  if (latency) await sleep(latency.ms, undefined, { signal })
  const refused = findFault(faults, 'refused')
  if (refused || findFault(faults, 'reset')) {
    request.socket.resetAndDestroy()
    if (refused) await service.refuse(refused.forMs ?? REFUSED_MS)
    return false
  }
  if (!findFault(faults, 'hang')) return true
  await until(signal)
  return false
}

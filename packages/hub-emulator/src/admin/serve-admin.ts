import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { readBody } from '../http/exchange.ts'
import { Refusal } from '../http/refusal.ts'
import type { Admin } from './admin.ts'
import { adminCalls } from './admin-shapes.ts'

const ROOT = '/__admin/'

/** `POST /__admin/{name}` with a JSON object calls the admin function of that name; `GET /__admin/` names them. */
export async function serveAdmin(admin: Admin, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const name = (request.url ?? '').startsWith(ROOT) ? (request.url ?? '').slice(ROOT.length) : undefined
    if (name === '' && request.method === 'GET') return reply(response, 200, { calls: Object.keys(adminCalls) })
    if (name === undefined || !isCall(name) || request.method !== 'POST')
      return reply(response, 404, { error: `no such call: POST ${ROOT}{name}; GET ${ROOT} names them` })
    // A page in somebody's browser cannot send this type without asking first.
    if (!request.headers['content-type']?.includes('application/json'))
      return reply(response, 415, { error: 'send application/json' })
    const result = await adminCalls[name](admin, await readBody(request))
    reply(response, 200, result ?? {})
  } catch (error) {
    reply(response, statusOf(error), { error: messageOf(error) })
  }
}

function isCall(name: string): name is keyof Admin {
  return Object.hasOwn(adminCalls, name)
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status
  return error instanceof z.ZodError || error instanceof RangeError ? 400 : 500
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error)
  return error instanceof Error ? error.message : String(error)
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(`${JSON.stringify(value)}\n`)
}

import { z } from 'zod'
import { findFault } from '../faults/fault.ts'
import { expired } from '../routes/cdn.ts'
import { type Answer, emptyAnswer, redirectAnswer } from './answer.ts'
import type { Call } from './call.ts'
import { type ErrorForm, errorAnswer } from './error-answer.ts'
import { type Exchange, readBody } from './exchange.ts'
import { hubHeaders } from './hub-headers.ts'
import { rateLimitHeaders, rateLimitText, type Standing } from './rate-limits.ts'
import { Moved, Refusal } from './refusal.ts'
import { statusFaultAnswer } from './status-fault.ts'

/** What a request gets: from its route, or from a fault or a limit before the route is asked. */
export async function decide(call: Call): Promise<Answer> {
  const { service, faults, ip, request } = call
  const form = formOf(call)
  const status = findFault(faults, 'status')
  if (service.host === 'cdn') {
    if (status) return statusFaultAnswer(status, form, undefined, ip)
    return findFault(faults, 'expired') ? expired() : answerOf(call, form)
  }
  const standing = count(call)
  const answer = status
    ? statusFaultAnswer(status, form, standing, ip)
    : isLimited(call, standing)
      ? errorAnswer(new Refusal(429, rateLimitText(standing, ipOf(call))), form)
      : await answerOf(call, form)
  const trace = request.headers['x-amzn-trace-id']
  const headers = { ...hubHeaders(typeof trace === 'string' ? trace : undefined), ...rateLimitHeaders(standing) }
  return unlessKnown(call, { ...answer, headers: { ...headers, ...answer.headers } })
}

function formOf({ match, path }: Call): ErrorForm {
  return match?.route.errors ?? (path.startsWith('/api/') ? 'json' : 'html')
}

/** The address, where nobody is logged in. */
function ipOf({ caller, ip }: Call): string | undefined {
  return caller.kind === 'account' ? undefined : ip
}

function count({ service, match, caller, ip }: Call): Standing {
  const bucket = match?.route.bucket ?? 'pages'
  if (caller.kind === 'account') return service.hub.limits.count(bucket, caller.account.name, caller.account.tier)
  return service.hub.limits.count(bucket, ip, 'anonymous')
}

/** A route's own limiter speaks with the figures of the common one, which say nothing of it. */
function isLimited({ service, match, ip }: Call, standing: Standing): boolean {
  if (standing.isExceeded) return true
  const own = match?.route.ownLimit
  return own !== undefined && service.hub.limits.count(own, ip, 'anonymous').isExceeded
}

async function answerOf(call: Call, form: ErrorForm): Promise<Answer> {
  const { match, caller } = call
  try {
    if (match === undefined) throw new Refusal(404, "Sorry, we can't find the page you are looking for.")
    if (caller.kind === 'invalid' && match.route.ignoresToken !== true)
      throw new Refusal(401, 'Invalid credentials in Authorization header')
    return await match.route.handle(exchangeOf(call, match.params))
  } catch (error) {
    if (error instanceof Refusal) return errorAnswer(error, form)
    if (error instanceof Moved) return redirectAnswer(307, movedTo(call, error.id))
    if (error instanceof z.ZodError) return errorAnswer(new Refusal(400, z.prettifyError(error)), form)
    throw error
  }
}

function exchangeOf({ service, request, path, search, caller, faults }: Call, params: Exchange['params']): Exchange {
  const { range: _, ...others } = request.headers
  return {
    hub: service.hub,
    method: request.method ?? 'GET',
    path,
    search,
    query: new URLSearchParams(search),
    params,
    headers: findFault(faults, 'ignore-range') ? others : request.headers,
    caller,
    readBody: () => readBody(request),
  }
}

/** The same address with the present name: relative, so that a token may go along. */
function movedTo({ match, path, search }: Call, id: string): string {
  return path.replace(`/${match?.rawId}`, () => `/${id}`) + search
}

/** JSON the caller already has is not sent again. */
function unlessKnown({ request }: Call, answer: Answer): Answer {
  const etag = answer.headers['ETag']
  const isKnown = answer.status === 200 && etag?.startsWith('W/') && request.headers['if-none-match'] === etag
  return isKnown ? { ...emptyAnswer(304), headers: answer.headers } : answer
}

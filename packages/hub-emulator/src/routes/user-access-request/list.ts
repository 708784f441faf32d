import { z } from 'zod'
import { jsonAnswer } from '../../http/answer.ts'
import type { Route } from '../../http/route.ts'
import { formatOffset, nextPageLink, parseOffset } from '../next-page.ts'
import { ownedGatedModel, requestJson } from './requests-of.ts'

const shape = z.object({
  status: z.enum(['pending', 'accepted', 'rejected']),
  limit: z.coerce.number().int().min(10).max(1000).default(1000),
  q: z.string().max(250).default(''),
})

/** Who asked, by the state of the request. */
export const listRequests: Route = {
  name: 'list-requests',
  host: 'hub',
  method: 'GET',
  path: '/api/models/{id}/user-access-request/{status}',
  bucket: 'api',
  errors: 'json',
  handle(exchange) {
    const { hub, query, params } = exchange
    const model = ownedGatedModel(exchange)
    const given = { limit: query.get('limit') ?? undefined, q: query.get('q') ?? undefined }
    const { status, limit, q } = shape.parse({ status: params['status'], ...given })
    const all = hub.requests
      .list(model)
      .filter((request) => request.status === status && request.user.toLowerCase().startsWith(q.toLowerCase()))
    const start = parseOffset(query.get('cursor'))
    const shown = all.slice(start, start + limit).map((request) => requestJson(hub, model, request))
    return jsonAnswer(
      shown,
      nextPageLink(exchange, start + limit < all.length ? formatOffset(start + limit) : undefined),
    )
  },
}

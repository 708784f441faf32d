import { isVisible } from '../accounts/rights.ts'
import { jsonAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { formatCursor } from '../list/cursor.ts'
import { listPage } from '../list/page.ts'
import { parseListQuery } from '../list/query.ts'
import { rowOf } from '../models/shapes.ts'
import { nextPageLink } from './next-page.ts'

export const listModels: Route = {
  name: 'list-models',
  host: 'hub',
  method: 'GET',
  path: '/api/models',
  bucket: 'api',
  errors: 'json',
  async handle(exchange) {
    const { hub, caller } = exchange
    const query = parseListQuery(exchange.query)
    const page = await listPage(hub.models, query, {
      scanRows: hub.settings.scanRows,
      isVisible: (model) => isVisible(model, caller),
    })
    const rows = page.models.map((model) =>
      rowOf({ model, models: hub.models, revision: undefined, isInList: true }, query.filter),
    )
    const cursor = page.next === undefined ? undefined : formatCursor(page.next, query.order)
    return jsonAnswer(rows, nextPageLink(exchange, cursor))
  },
}

import { jsonAnswer } from '../../http/answer.ts'
import type { Route } from '../../http/route.ts'
import { ownedGatedModel, requestJson } from './requests-of.ts'

/** All requests of a model as a file to keep. */
export const accessReport: Route = {
  name: 'access-report',
  host: 'hub',
  method: 'GET',
  path: '/{id}/user-access-report',
  bucket: 'pages',
  errors: 'html',
  handle(exchange) {
    const model = ownedGatedModel(exchange)
    const name = `user-access-report-${model.id.replaceAll('/', '-')}.json`
    const all = exchange.hub.requests.list(model).map((request) => requestJson(exchange.hub, model, request))
    return jsonAnswer(all, { 'Content-Disposition': `attachment; filename="${name}"` })
  },
}

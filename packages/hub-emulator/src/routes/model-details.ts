import { z } from 'zod'
import type { Answer } from '../http/answer.ts'
import { jsonAnswer } from '../http/answer.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Route } from '../http/route.ts'
import { fieldNames } from '../models/field-names.ts'
import { detailsOf } from '../models/shapes.ts'
import { blobsOf } from './blobs.ts'
import { commitOf, hasAccess, visibleModel } from './open-repo.ts'

const expandShape = z.object({ expand: z.array(z.enum(fieldNames)) })

const common = { host: 'hub', method: 'GET', bucket: 'api', errors: 'json', handle: answerDetails } as const

export const modelDetails: Route = { ...common, name: 'model-details', path: '/api/models/{id}' }

export const modelDetailsAtRevision: Route = {
  ...common,
  name: 'model-details',
  path: '/api/models/{id}/revision/{rev}',
}

/** Metadata, which the gate does not hide: a 200 here says nothing about access. */
async function answerDetails(exchange: Exchange): Promise<Answer> {
  const { hub, query, params } = exchange
  const model = visibleModel(exchange)
  const { expand } = expandShape.parse({ expand: [...query.getAll('expand'), ...query.getAll('expand[]')] })
  const commit = commitOf(exchange, model)
  const details = detailsOf({ model, models: hub.models, revision: params['rev'], isInList: false }, expand)
  return jsonAnswer({
    ...details,
    ...(query.get('blobs') === 'true' ? { siblings: await blobsOf(commit, hasAccess(exchange, model)) } : {}),
    ...(query.get('securityStatus') === 'true' ? { securityRepoStatus: { scansDone: true, filesWithIssues: [] } } : {}),
  })
}

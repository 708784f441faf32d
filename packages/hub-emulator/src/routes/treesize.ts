import { sizeOf } from '../files/content.ts'
import { type Answer, jsonAnswer } from '../http/answer.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Route } from '../http/route.ts'
import { entriesUnder } from './entries.ts'
import { commitOf, visibleModel } from './open-repo.ts'

const common = {
  name: 'treesize',
  host: 'hub',
  method: 'GET',
  bucket: 'api',
  errors: 'json',
  handle: answerSize,
} as const

export const treesize: Route = { ...common, path: '/api/models/{id}/treesize/{rev}' }
export const treesizeOfFolder: Route = { ...common, path: '/api/models/{id}/treesize/{rev}/{path}' }

/** Bytes of all files under a path. */
function answerSize(exchange: Exchange): Answer {
  const path = exchange.params['path'] ?? ''
  const commit = commitOf(exchange, visibleModel(exchange))
  const size = entriesUnder(commit, path, true).reduce(
    (sum, { file }) => sum + (file === undefined ? 0 : (file.announced?.size ?? sizeOf(file.content))),
    0,
  )
  return jsonAnswer({ path: `/${path}`, size })
}

import { z } from 'zod'
import { jsonAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { historyOf } from '../models/repo.ts'
import { entriesUnder, entryJson } from './entries.ts'
import { commitOf, hasAccess, visibleModel } from './open-repo.ts'

const MAX_PATHS = 2000

/** JSON, or a form, where one path is no array and a flag is text. */
const bodyShape = z.object({
  paths: z.union([z.string().transform((path) => [path]), z.array(z.string()).max(MAX_PATHS)]).default([]),
  expand: z.union([z.boolean(), z.string().transform((text) => /^(?:true|1|on)$/i.test(text))]).default(false),
})

/** Tree entries by path; a path that leads nowhere is left out. */
export const pathsInfo: Route = {
  name: 'paths-info',
  host: 'hub',
  method: 'POST',
  path: '/api/models/{id}/paths-info/{rev}',
  bucket: 'api',
  errors: 'json',
  async handle(exchange) {
    const { hub } = exchange
    const model = visibleModel(exchange)
    const commit = commitOf(exchange, model)
    const { paths, expand } = bodyShape.parse(await exchange.readBody())
    const wanted = new Set(paths)
    const entries = entriesUnder(commit, '', true).filter(({ path }) => wanted.has(path))
    const shape = {
      isOpen: hasAccess(exchange, model),
      xetHashes: hub.settings.xetHashes,
      isExpanded: expand,
      history: historyOf(hub.models.repoOf(model), commit),
    }
    return jsonAnswer(await Promise.all(entries.map((entry) => entryJson(entry, shape))))
  },
}

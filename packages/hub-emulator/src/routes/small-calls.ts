import { z } from 'zod'
import { isVisible } from '../accounts/rights.ts'
import { fileFactsOf } from '../files/file-facts.ts'
import { jsonAnswer, textAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { listPage } from '../list/page.ts'
import { parseListQuery } from '../list/query.ts'
import { commitOf, visibleModel, writableModel } from './open-repo.ts'

const api = { host: 'hub', method: 'GET', bucket: 'api', errors: 'json' } as const

/** The search box: a handful of ids. */
export const quicksearch: Route = {
  ...api,
  name: 'quicksearch',
  path: '/api/quicksearch',
  bucket: 'search',
  async handle({ hub, query, caller }) {
    const { q, limit } = z
      .object({ q: z.string().max(250).default(''), limit: z.coerce.number().int().min(1).max(20).default(5) })
      .parse({ q: query.get('q') ?? undefined, limit: query.get('limit') ?? undefined })
    const asked = parseListQuery(new URLSearchParams({ search: q, limit: String(limit), sort: 'downloads' }))
    const visible = {
      scanRows: hub.settings.scanRows,
      isVisible: (model: Parameters<typeof isVisible>[0]) => isVisible(model, caller),
    }
    const { models } = await listPage(hub.models, asked, visible)
    const rows = models.map(({ key, id, gated }) => ({ _id: key, id, private: false, gated }))
    return jsonAnswer({ models: rows, modelsCount: rows.length, datasets: [], spaces: [], q })
  },
}

export const discussions: Route = {
  ...api,
  name: 'discussions',
  path: '/api/models/{id}/discussions',
  handle(exchange) {
    visibleModel(exchange)
    return jsonAnswer({ discussions: [], count: 0, start: 0 })
  },
}

/** For the owner only. */
export const lfsFiles: Route = {
  ...api,
  name: 'lfs-files',
  path: '/api/models/{id}/lfs-files',
  async handle(exchange) {
    const files = commitOf(exchange, writableModel(exchange)).files.filter(({ isLfs }) => isLfs)
    const facts = await Promise.all(files.map(fileFactsOf))
    return jsonAnswer(facts.map(({ etag, size }, index) => ({ oid: etag, size, filename: files[index]?.path })))
  },
}

/** A model's page, for people; the gate and tokens mean nothing to it. */
export const modelPage: Route = {
  name: 'page',
  host: 'hub',
  method: 'GET',
  path: '/{id}',
  bucket: 'pages',
  errors: 'html',
  ignoresToken: true,
  handle(exchange) {
    const { id } = visibleModel({ ...exchange, caller: { kind: 'anonymous' } })
    return textAnswer(
      `<!DOCTYPE html>\n<html><head><title>${id}</title></head></html>\n`,
      {},
      { type: 'text/html; charset=utf-8' },
    )
  },
}

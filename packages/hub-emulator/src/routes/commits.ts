import { jsonAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { authorOf, type Commit } from '../models/model.ts'
import { historyOf } from '../models/repo.ts'
import { formatOffset, limitOf, nextPageLink, parseOffset } from './next-page.ts'
import { commitOf, visibleModel } from './open-repo.ts'

const PAGE_COMMITS = 1000

/** A commit and those before it, newest first. */
export const commits: Route = {
  name: 'commits',
  host: 'hub',
  method: 'GET',
  path: '/api/models/{id}/commits/{rev}',
  bucket: 'api',
  errors: 'json',
  handle(exchange) {
    const { hub, query } = exchange
    const model = visibleModel(exchange)
    const history = historyOf(hub.models.repoOf(model), commitOf(exchange, model))
    const start = parseOffset(query.get('cursor'))
    const end = start + limitOf(query, PAGE_COMMITS)
    const isFormatted = [...query.getAll('expand'), ...query.getAll('expand[]')].includes('formatted')
    const shown = history.slice(start, end).map((commit) => commitJson(commit, authorOf(model), isFormatted))
    return jsonAnswer(shown, {
      'X-Total-Count': String(history.length),
      ...nextPageLink(exchange, end < history.length ? formatOffset(end) : undefined),
    })
  },
}

function commitJson({ id, title, date }: Commit, user: string, isFormatted: boolean): unknown {
  return {
    id,
    title,
    message: '',
    authors: [{ user, avatar: '/avatars/x.svg' }],
    date: new Date(date).toISOString(),
    ...(isFormatted ? { formatted: { title, message: '' } } : {}),
  }
}

import { type Answer, jsonAnswer } from '../http/answer.ts'
import type { Exchange } from '../http/exchange.ts'
import { Refusal } from '../http/refusal.ts'
import type { Route } from '../http/route.ts'
import { historyOf } from '../models/repo.ts'
import { entriesUnder, entryJson } from './entries.ts'
import { formatOffset, limitOf, nextPageLink, parseOffset } from './next-page.ts'
import { commitOf, hasAccess, visibleModel } from './open-repo.ts'

const PAGE_ENTRIES = 1000
const PAGE_EXPANDED = 50

const common = { name: 'tree', host: 'hub', method: 'GET', bucket: 'api', errors: 'json', handle: answerTree } as const

export const tree: Route = { ...common, path: '/api/models/{id}/tree/{rev}' }
export const treeOfFolder: Route = { ...common, path: '/api/models/{id}/tree/{rev}/{path}' }

/** Names and sizes are public; hashes of what lies behind a gate are masked. */
async function answerTree(exchange: Exchange): Promise<Answer> {
  const { hub, query, params } = exchange
  const model = visibleModel(exchange)
  const commit = commitOf(exchange, model)
  const folder = (params['path'] ?? '').replace(/\/$/, '')
  const entries = entriesUnder(commit, folder, query.get('recursive') === 'true')
  if (entries.length === 0 && folder !== '')
    throw new Refusal(404, `${folder} does not exist on "${params['rev']}"`, 'EntryNotFound')
  const isExpanded = query.get('expand') === 'true'
  const start = parseOffset(query.get('cursor'))
  const end = start + limitOf(query, isExpanded ? PAGE_EXPANDED : PAGE_ENTRIES)
  const shape = {
    isOpen: hasAccess(exchange, model),
    xetHashes: hub.settings.xetHashes,
    isExpanded,
    history: historyOf(hub.models.repoOf(model), commit),
  }
  const shown = await Promise.all(entries.slice(start, end).map((entry) => entryJson(entry, shape)))
  return jsonAnswer(shown, nextPageLink(exchange, end < entries.length ? formatOffset(end) : undefined))
}

import { jsonAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { visibleModel } from './open-repo.ts'

export const refs: Route = {
  name: 'refs',
  host: 'hub',
  method: 'GET',
  path: '/api/models/{id}/refs',
  bucket: 'api',
  errors: 'json',
  handle(exchange) {
    const { hub, query } = exchange
    const all = [...hub.models.repoOf(visibleModel(exchange)).refs]
    const under = (prefix: string): unknown[] =>
      all
        .filter(([ref]) => ref.startsWith(prefix))
        .map(([ref, targetCommit]) => ({ name: ref.slice(prefix.length), ref, targetCommit }))
    return jsonAnswer({
      branches: under('refs/heads/'),
      converts: under('refs/convert/'),
      tags: under('refs/tags/'),
      ...(/^(?:1|true)$/i.test(query.get('include_prs') ?? '') ? { pullRequests: under('refs/pr/') } : {}),
    })
  },
}

import { type FileFacts, fileFactsOf } from '../files/file-facts.ts'
import { type Answer, redirectAnswer } from '../http/answer.ts'
import type { Exchange } from '../http/exchange.ts'
import { Refusal } from '../http/refusal.ts'
import type { Route } from '../http/route.ts'
import type { Commit, EmulatedModel, RepoFile } from '../models/model.ts'
import { blobAnswer, isUnchanged, notModified } from './blob-answer.ts'
import { commitOf, fileOf, readableModel, visibleModel } from './open-repo.ts'

/** Served to anyone though the repo is gated, in its root and in this very case. */
const publicNames: readonly string[] = ['README.md', 'LICENSE', 'LICENSE.md', 'LICENSE.txt']

/** First answer of a download: 302 to the CDN, 307 to the resolve cache, or the file itself. */
export const resolve: Route = {
  name: 'resolve',
  host: 'hub',
  method: 'GET',
  path: '/{id}/resolve/{rev}/{path}',
  bucket: 'resolvers',
  errors: 'text',
  async handle(exchange) {
    const isPublicFile = publicNames.includes(exchange.params['path'] ?? '')
    const model = isPublicFile ? visibleModel(exchange) : readableModel(exchange)
    const commit = commitOf(exchange, model)
    const file = fileOf(exchange, commit)
    const facts = await fileFactsOf(file)
    if (isUnchanged(exchange, facts.etag)) return notModified(commit, facts.etag)
    if (facts.lfs !== undefined) return toCdn(exchange, model, commit, file, facts)
    if (model.gated !== false || model.isPrivate) return blobAnswer(exchange, commit, file, facts.oid)
    return toResolveCache(exchange, model, commit, facts)
  },
}

/** Where a small public file is read from. The address is relative, and its length is not the file's. */
function toResolveCache(exchange: Exchange, model: EmulatedModel, commit: Commit, { oid }: FileFacts): Answer {
  const path = encodePath(exchange.params['path'] ?? '')
  const query = `${encodeURIComponent(exchange.path)}=&etag=${encodeURIComponent(`"${oid}"`)}`
  const download = exchange.query.get('download') === 'true' ? '&download=true' : ''
  return redirectAnswer(307, `/api/resolve-cache/models/${model.id}/${commit.id}/${path}?${query}${download}`, {
    'X-Repo-Commit': commit.id,
    'X-Linked-Etag': `"${oid}"`,
    'Accept-Ranges': 'bytes',
  })
}

/** Where a large file is read from: another origin, to which a token must not go. */
function toCdn(
  { hub, caller }: Exchange,
  model: EmulatedModel,
  commit: Commit,
  file: RepoFile,
  facts: FileFacts,
): Answer {
  const { xetHash = '', etag, size } = facts
  const { content, path } = file
  const user = caller.kind === 'account' ? caller.account.id : 'public'
  const address = hub.signer.sign({ modelId: model.id, repoKey: model.key, xetHash, content, path }, user)
  return redirectAnswer(302, `${hub.origins.cdn}${address}`, {
    'X-Repo-Commit': commit.id,
    'X-Linked-Size': String(size),
    'X-Linked-Etag': `"${etag}"`,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-store',
    ...(hub.settings.xetHashes ? xetHeaders(hub.origins.hub, model, commit, xetHash) : {}),
  })
}

function xetHeaders(origin: string, { id }: EmulatedModel, commit: Commit, xetHash: string): Record<string, string> {
  const token = `<${origin}/api/models/${id}/xet-read-token/${commit.id}>; rel="xet-auth"`
  const info = `<${origin}/v1/reconstructions/${xetHash}>; rel="xet-reconstruction-info"`
  return { 'X-Xet-Hash': xetHash, Link: `${token}, ${info}` }
}

/** What `/resolve/` sends small public files to. */
export const resolveCache: Route = {
  name: 'resolve-cache',
  host: 'hub',
  method: 'GET',
  path: '/api/resolve-cache/models/{id}/{commit}/{path}',
  bucket: 'resolvers',
  errors: 'text',
  async handle(exchange) {
    const model = readableModel(exchange)
    const commit = commitOf(exchange, model)
    const file = fileOf(exchange, commit)
    if (file.isLfs) throw new Refusal(404, 'Entry not found', 'EntryNotFound')
    return blobAnswer(exchange, commit, file, (await fileFactsOf(file)).oid)
  },
}

/** The path keeps its slashes and encodes all else. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

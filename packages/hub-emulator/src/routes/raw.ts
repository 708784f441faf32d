import { fileFactsOf, pointerOf } from '../files/file-facts.ts'
import { textAnswer } from '../http/answer.ts'
import { fileAnswer } from '../http/range.ts'
import type { Route } from '../http/route.ts'
import { commitOf, fileOf, readableModel } from './open-repo.ts'

/** What git holds: for a large file its pointer. Gated for every file, and deaf to `If-None-Match`. */
export const raw: Route = {
  name: 'raw',
  host: 'hub',
  method: 'GET',
  path: '/{id}/raw/{rev}/{path}',
  // In which bucket the Hub counts it is not known.
  bucket: 'resolvers',
  errors: 'text',
  async handle(exchange) {
    const commit = commitOf(exchange, readableModel(exchange))
    const file = fileOf(exchange, commit)
    const { oid, lfs } = await fileFactsOf(file)
    const content = lfs === undefined ? file.content : pointerOf(lfs.oid, lfs.size)
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Repo-Commit': commit.id, ETag: `"${oid}"` }
    return fileAnswer(content, headers, { range: undefined, ifRange: undefined, isCompressible: true })
  },
}

/** A page for people; a token means nothing to it. */
export const blobPage: Route = {
  name: 'page',
  host: 'hub',
  method: 'GET',
  path: '/{id}/blob/{rev}/{path}',
  bucket: 'pages',
  errors: 'html',
  ignoresToken: true,
  handle: () =>
    textAnswer('<!DOCTYPE html>\n<html><body>A file</body></html>\n', {}, { type: 'text/html; charset=utf-8' }),
}

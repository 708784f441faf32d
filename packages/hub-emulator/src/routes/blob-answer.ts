import { type Answer, emptyAnswer } from '../http/answer.ts'
import { contentDisposition } from '../http/content-disposition.ts'
import { type Exchange, headerOf } from '../http/exchange.ts'
import { fileAnswer } from '../http/range.ts'
import type { Commit, RepoFile } from '../models/model.ts'

const textName = /(?:^|[/.])(?:json|jsonl|md|txt|ya?ml|py|jinja|cfg|ini|toml|csv|gitattributes|gitignore|LICENSE)$/i

/** A file kept in git, from the Hub itself. */
export function blobAnswer(exchange: Exchange, commit: Commit, file: RepoFile, oid: string): Answer {
  const isText = textName.test(file.path)
  const kind = exchange.query.get('download') === 'true' ? 'attachment' : 'inline'
  const headers = {
    'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
    'Content-Disposition': contentDisposition(kind, file.path),
    'X-Repo-Commit': commit.id,
    ETag: `"${oid}"`,
  }
  if (isUnchanged(exchange, oid)) return notModified(commit, oid)
  const [range, ifRange] = [headerOf(exchange, 'range'), headerOf(exchange, 'if-range')]
  return fileAnswer(file.content, headers, { range, ifRange, isCompressible: isText })
}

/** Whether the caller has the file of this etag, weak or strong. */
export function isUnchanged(exchange: Exchange, etag: string): boolean {
  const known = headerOf(exchange, 'if-none-match')?.split(',') ?? []
  return known.some((tag) => ['*', `"${etag}"`].includes(tag.trim().replace(/^W\//, '')))
}

export function notModified(commit: Commit, etag: string): Answer {
  return emptyAnswer(304, { ETag: `"${etag}"`, 'X-Repo-Commit': commit.id })
}

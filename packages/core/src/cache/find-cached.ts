import { HubgateError } from '../errors.ts'
import type { CachedRepo, CachedRevision } from './cached-repo.ts'
import type { CacheScan } from './scan-cache.ts'

export interface CachedSelection {
  readonly repo: CachedRepo
  /** Those that were named; `undefined` for the repo as a whole. */
  readonly revision: CachedRevision | undefined
}

const MIN_COMMIT_PREFIX = 6

/**
 * What a person means by `org/name`, `org/name@v1`, `org/name@1a2b3c4` or `dataset/org/name`. The case of an id does not count.
 * @throws {HubgateError} `ERR_NOT_CACHED`, with what is there instead
 */
export function findCached({ repos, hubCache }: CacheScan, text: string): CachedSelection {
  const [, id = '', revision] = /^(.+?)(?:@(.+))?$/s.exec(text) ?? []
  const repo = repos.find((candidate) => isCalled(candidate, id))
  const fail = (available: readonly string[]): never => {
    throw new HubgateError('ERR_NOT_CACHED', `Cannot find ${text} in ${hubCache}: nothing of that name is there`, {
      wanted: text,
      available,
    })
  }
  if (repo === undefined) {
    const ids = repos.map((candidate) => candidate.id)
    return fail(nearIds(ids, id))
  }
  if (revision === undefined) return { repo, revision: undefined }
  const found = repo.revisions.filter((candidate) => isNamed(candidate, revision))
  if (found.length !== 1)
    return fail(
      repo.revisions.flatMap(({ refs, commitHash }) => [...refs, commitHash]).map((name) => `${repo.id}@${name}`),
    )
  return { repo, revision: found[0] }
}

/** A model goes by its id alone; anything also with its type before it, as `hf cache ls` prints them. */
function isCalled({ type, id }: CachedRepo, wanted: string): boolean {
  const lower = wanted.toLowerCase()
  const plain = id.toLowerCase()
  return (type === 'model' && lower === plain) || lower === `${type}/${plain}` || lower === `${type}s/${plain}`
}

function isNamed({ refs, commitHash }: CachedRevision, wanted: string): boolean {
  return refs.includes(wanted) || (wanted.length >= MIN_COMMIT_PREFIX && commitHash.startsWith(wanted))
}

/** Those that were probably meant. */
export function nearIds(ids: readonly string[], wanted: string): string[] {
  return ids.filter((id) => isNear(id, wanted))
}

function isNear(known: string, wanted: string): boolean {
  return known.toLowerCase().includes(wanted.toLowerCase()) || bareName(known) === bareName(wanted)
}

function bareName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase()
}

import type { CachedRepo, CachedRevision, Leftover, Removal } from '@hubgate/core/cache'
import { stripControlCharacters } from '@hubgate/core/util'
import { formatAge, formatBytes } from './quantities.ts'
import type { Column } from './table.ts'

/** A model goes by its id; what is none says so. */
export function displayName({ type, id }: { readonly type: string; readonly id: string }): string {
  return stripControlCharacters(type === 'model' ? id : `${type}/${id}`)
}

export function cachedRepoColumns(now: Date): Column<CachedRepo>[] {
  return [
    { title: 'REPO', cell: displayName },
    { title: 'SIZE', cell: ({ sizeBytes }) => formatBytes(sizeBytes), align: 'right', priority: 9 },
    { title: 'USED', cell: ({ lastUsedAt }) => formatAge(lastUsedAt.toISOString(), now), align: 'right', priority: 8 },
    { title: 'REVISIONS', cell: ({ revisions }) => String(revisions.length), align: 'right', priority: 4 },
    { title: 'REFS', cell: ({ refs }) => stripControlCharacters([...refs.keys()].join(', ')), priority: 5 },
  ]
}

export function cachedRevisionColumns(now: Date): Column<CachedRevision>[] {
  return [
    { title: 'COMMIT', cell: ({ commitHash }) => stripControlCharacters(commitHash), priority: 9 },
    { title: 'SIZE', cell: ({ sizeBytes }) => formatBytes(sizeBytes), align: 'right', priority: 8 },
    { title: 'FILES', cell: ({ files }) => String(files.length), align: 'right', priority: 6 },
    {
      title: 'FETCHED',
      cell: ({ lastModifiedAt }) => formatAge(lastModifiedAt.toISOString(), now),
      align: 'right',
      priority: 5,
    },
    { title: 'REFS', cell: ({ refs }) => stripControlCharacters(refs.join(', ')) },
  ]
}

export function removalColumns(folder: string): Column<Removal>[] {
  return [
    { title: 'REPO', cell: ({ repo }) => displayName(repo), priority: 8 },
    { title: 'WHAT', cell: ({ kind, tool }) => (tool === 'another tool' ? `${kind} of ${tool}` : kind), priority: 9 },
    { title: 'FREES', cell: ({ freedBytes }) => formatBytes(freedBytes), align: 'right', priority: 7 },
    {
      title: 'PATH',
      cell: ({ path }) => stripControlCharacters(path.startsWith(folder) ? path.slice(folder.length + 1) : path),
    },
  ]
}

/** `3 unfinished downloads hold 12.3 GiB (2 of Hubgate, 1 of another tool)`; `undefined` where there are none. */
export function describeLeftovers(leftovers: readonly Leftover[]): string | undefined {
  const downloads = leftovers.filter(({ kind }) => kind === 'partial' || kind === 'other-tool')
  if (downloads.length === 0) return undefined
  const others = downloads.filter(({ kind }) => kind === 'other-tool').length
  const bytes = leftovers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const whose = [
    ...(others < downloads.length ? [`${downloads.length - others} of Hubgate`] : []),
    ...(others > 0 ? [`${others} of another tool`] : []),
  ].join(', ')
  const hold = downloads.length === 1 ? 'download holds' : 'downloads hold'
  return `${downloads.length} unfinished ${hold} ${formatBytes(bytes)} (${whose})`
}

import path from 'node:path'
import { sum } from '../util/sum.ts'
import type { CachedBlob, CachedRepo, CachedRevision, Leftover } from './cached-repo.ts'
import { besideSnapshot, blobsPath, type RepoName, refsPath } from './layout.ts'

export const removalKinds = [
  'dead ref',
  'dangling link',
  'ref',
  'snapshot',
  'bookkeeping',
  'blob',
  'repo',
  'partial download',
  'scratch file',
  'damaged file',
] as const
export type RemovalKind = (typeof removalKinds)[number]

/** One thing to remove: a file, a link (never what it leads to), or a folder. */
export interface Removal {
  readonly kind: RemovalKind
  readonly repo: RepoName
  /** The repo's folder: whoever removes holds its lease. */
  readonly repoFolder: string
  readonly path: string
  /** What the disk gains; 0 for a link into a shared store. */
  readonly freedBytes: number
  /** Who made it, where it is something unfinished. */
  readonly tool?: 'hubgate' | 'another tool'
}

/** What might be removed and is not, and why. */
export interface Spared {
  readonly path: string
  readonly repo: RepoName
  readonly reason: 'may be in use' | 'no ref leads to it'
  readonly sizeBytes: number
}

export interface RemovalPlan {
  /** In the order in which they are safe to do: whoever is interrupted leaves a readable cache. */
  readonly removals: readonly Removal[]
  readonly spared: readonly Spared[]
}

export interface PruneOptions {
  readonly now: Date
  /** Snapshots no ref leads to as well. Off, for they may have been fetched by commit on purpose. @default false */
  readonly detached?: boolean
}

/** Python takes no lease. What it touched so lately, it may be writing to. */
const FRESH_MS = 3_600_000

/** Decides what a clean-up removes. Pure: removing is `remove.ts`. */
export function planPrune(repos: readonly CachedRepo[], { now, detached = false }: PruneOptions): RemovalPlan {
  const plans = repos.map((repo) => prunedRepo(repo, now, detached))
  return { removals: plans.flatMap((plan) => plan.removals), spared: plans.flatMap((plan) => plan.spared) }
}

function prunedRepo(repo: CachedRepo, now: Date, detached: boolean): RemovalPlan {
  const isFresh = (moment: Date): boolean => now.getTime() - moment.getTime() < FRESH_MS
  const unreferenced = repo.revisions.filter(({ refs }) => refs.length === 0)
  const gone = detached ? unreferenced.filter(({ lastModifiedAt }) => !isFresh(lastModifiedAt)) : []
  const orphans = orphanBlobs(repo, gone)
  const removals: Removal[] = [
    ...repo.problems
      .filter(({ kind }) => kind === 'dead ref' || kind === 'dangling link')
      .map((problem) => removal(repo, problem.kind === 'dead ref' ? 'dead ref' : 'dangling link', problem.path, 0)),
    ...gone.flatMap((revision) => revisionRemovals(repo, revision)),
    ...orphans.filter((blob) => !isFresh(blob.lastModifiedAt)).map((blob) => blobRemoval(repo, blob)),
    ...repo.leftovers
      .filter((leftover) => !mayBeInUse(leftover, isFresh))
      .map((leftover) => leftoverRemoval(repo, leftover)),
  ]
  const spared: Spared[] = [
    ...repo.leftovers.filter((leftover) => mayBeInUse(leftover, isFresh)),
    ...orphans.filter((blob) => isFresh(blob.lastModifiedAt)),
  ].map((spare) => ({ path: spare.path, repo: nameOf(repo), reason: 'may be in use', sizeBytes: spare.sizeBytes }))
  const kept = unreferenced.filter((revision) => !gone.includes(revision))
  spared.push(
    ...kept.map((revision) => ({
      path: revision.folder,
      repo: nameOf(repo),
      reason: detached ? ('may be in use' as const) : ('no ref leads to it' as const),
      sizeBytes: revision.sizeBytes,
    })),
  )
  return { removals, spared }
}

/** A whole repo: its folder, and all in it. */
export function planRemoveRepo(repo: CachedRepo): RemovalPlan {
  const own = repo.blobs.filter(({ isShared }) => !isShared).map(({ sizeBytes }) => sizeBytes)
  const inSnapshots = repo.revisions
    .flatMap(({ files }) => files)
    .filter(({ contentPath }) => !isBlob(repo, contentPath))
  const leftovers = repo.leftovers.map(({ sizeBytes }) => sizeBytes)
  const freed = sum([...own, ...inSnapshots.map(({ sizeBytes }) => sizeBytes), ...leftovers])
  return { removals: [removal(repo, 'repo', repo.folder, freed)], spared: [] }
}

/** Some revisions: the refs that lead to them first, then the snapshots, then the blobs that nothing else uses. */
export function planRemoveRevisions(repo: CachedRepo, revisions: readonly CachedRevision[]): RemovalPlan {
  if (revisions.length === repo.revisions.length) return planRemoveRepo(repo)
  const removals = [
    ...revisions.flatMap((revision) => revisionRemovals(repo, revision)),
    ...usedOnlyBy(repo, revisions).map((blob) => blobRemoval(repo, blob)),
  ]
  return { removals, spared: [] }
}

/**
 * Damaged content, with the links that lead to it first: what is fetched again is then fetched whole.
 * @param read the repo as it was when the damage was seen: what was replaced since may be whole, and stays
 */
export function planRemoveContent(
  repo: CachedRepo,
  contentPaths: readonly string[],
  read: CachedRepo = repo,
): RemovalPlan {
  const [there, before] = [contentsOf(repo), contentsOf(read)]
  const damaged = contentPaths.flatMap((at) => {
    const content = there.get(at)
    return content !== undefined && isUnchanged(content, before.get(at)) ? [{ ...content, path: at }] : []
  })
  const damagedPaths = new Set(damaged.map((content) => content.path))
  const pointers = repo.revisions.flatMap((revision) =>
    revision.files
      .filter((file) => damagedPaths.has(file.contentPath) && isBlob(repo, file.contentPath))
      .map((file) => removal(repo, 'damaged file', path.join(revision.folder, ...file.path.split('/')), 0)),
  )
  const contents = damaged.map(({ path: at, isShared, sizeBytes }) =>
    removal(repo, 'damaged file', at, isShared === true ? 0 : sizeBytes),
  )
  return { removals: [...pointers, ...contents], spared: [] }
}

/** Of content that lies in a snapshot itself only its size is known. */
type Content = Pick<CachedBlob, 'sizeBytes'> & Partial<CachedBlob>

function contentsOf(repo: CachedRepo): Map<string, Content> {
  const loose = repo.revisions.flatMap(({ files }) => files.map((file): [string, Content] => [file.contentPath, file]))
  return new Map([...loose, ...repo.blobs.map((blob): [string, Content] => [blob.path, blob])])
}

function isUnchanged(now: Content, before: Content | undefined): boolean {
  return now.sizeBytes === before?.sizeBytes && now.lastModifiedAt?.getTime() === before.lastModifiedAt?.getTime()
}

function revisionRemovals(repo: CachedRepo, revision: CachedRevision): Removal[] {
  const inside = revision.files.filter(({ contentPath }) => !isBlob(repo, contentPath))
  return [
    ...revision.refs.map((ref) => removal(repo, 'ref', path.join(refsPath(repo.folder), ...ref.split('/')), 0)),
    removal(repo, 'snapshot', revision.folder, sum(inside.map(({ sizeBytes }) => sizeBytes))),
    ...besideSnapshot(repo.folder, revision.commitHash).map((place) => removal(repo, 'bookkeeping', place, 0)),
  ]
}

/** Blobs that no snapshot will use once those are gone. */
function orphanBlobs(repo: CachedRepo, gone: readonly CachedRevision[]): CachedRepo['blobs'] {
  const staying = repo.revisions.filter((revision) => !gone.includes(revision))
  const used = new Set(staying.flatMap(({ files }) => files.map(({ contentPath }) => contentPath)))
  return repo.blobs.filter((blob) => !used.has(blob.path))
}

/** Unlike `orphanBlobs` not those that nobody used before: they were not asked for. */
function usedOnlyBy(repo: CachedRepo, revisions: readonly CachedRevision[]): CachedRepo['blobs'] {
  const theirs = new Set(revisions.flatMap(({ files }) => files.map(({ contentPath }) => contentPath)))
  return orphanBlobs(repo, revisions).filter((blob) => theirs.has(blob.path))
}

/** Our own is guarded by the lease that whoever removes must get first. */
function mayBeInUse(leftover: Leftover, isFresh: (moment: Date) => boolean): boolean {
  return leftover.kind === 'other-tool' && isFresh(leftover.lastModifiedAt)
}

function leftoverRemoval(repo: CachedRepo, { kind, path: place, sizeBytes }: Leftover): Removal {
  const tool = kind === 'other-tool' ? 'another tool' : 'hubgate'
  return { ...removal(repo, kind === 'scratch' ? 'scratch file' : 'partial download', place, sizeBytes), tool }
}

function blobRemoval(repo: CachedRepo, blob: CachedRepo['blobs'][number]): Removal {
  return removal(repo, 'blob', blob.path, blob.isShared ? 0 : blob.sizeBytes)
}

function removal(repo: CachedRepo, kind: RemovalKind, place: string, freedBytes: number): Removal {
  return { kind, repo: nameOf(repo), repoFolder: repo.folder, path: place, freedBytes }
}

function nameOf({ type, id }: RepoName): RepoName {
  return { type, id }
}

function isBlob(repo: CachedRepo, contentPath: string): boolean {
  return contentPath.startsWith(blobsPath(repo.folder) + path.sep)
}

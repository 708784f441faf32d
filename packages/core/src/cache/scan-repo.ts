import type { Stats } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import path from 'node:path'
import { sum } from '../util/sum.ts'
import type { CachedBlob, CachedFile, CachedRepo, CachedRevision, CacheProblem, Leftover } from './cached-repo.ts'
import { blobsPath, leftoverKind, type RepoName, refsPath, snapshotsPath } from './layout.ts'
import { mapSome } from './map-some.ts'
import { readRefFile } from './refs.ts'
import { orAbsent } from './system-code.ts'
import { type WalkedFile, walkFiles } from './walk-files.ts'

/** What systems put into any folder. */
export const SYSTEM_FILES: readonly string[] = ['.DS_Store', 'Thumbs.db', 'desktop.ini']

/**
 * Reads one repo's folder. Nothing is changed and no content is read. What would make `huggingface_hub` pass the repo over
 * is told as problems, and the rest of it all the same.
 */
export async function scanRepo(folder: string, name: RepoName, signal?: AbortSignal): Promise<CachedRepo> {
  const problems: CacheProblem[] = []
  const { blobs, leftovers } = await scanBlobs(folder, problems, signal)
  const byPath = new Map(blobs.map((blob) => [blob.path, blob]))
  const refs = await scanRefs(folder, problems, signal)
  const revisions = await scanRevisions({ folder, refs, byPath, problems, signal })
  for (const [ref, commitHash] of refs) {
    if (!revisions.some((revision) => revision.commitHash === commitHash))
      problems.push({ kind: 'dead ref', path: path.join(refsPath(folder), ...ref.split('/')) })
  }
  const contents = [...byPath.values()]
  // Gone meanwhile, it holds nothing.
  const own = (await orAbsent(stat(folder)))?.mtime ?? new Date(0)
  return {
    ...name,
    folder,
    revisions,
    refs,
    blobs,
    leftovers,
    problems,
    sizeBytes: sum(contents.map(({ sizeBytes }) => sizeBytes)),
    lastUsedAt: latest(contents.map(({ lastUsedAt }) => lastUsedAt)) ?? own,
    lastModifiedAt: latest(contents.map(({ lastModifiedAt }) => lastModifiedAt)) ?? own,
  }
}

async function scanBlobs(
  folder: string,
  problems: CacheProblem[],
  signal: AbortSignal | undefined,
): Promise<{ blobs: CachedBlob[]; leftovers: Leftover[] }> {
  const blobs: CachedBlob[] = []
  const leftovers: Leftover[] = []
  const files = await walkFiles(blobsPath(folder), signal)
  await mapSome(files, async (file) => {
    const name = path.basename(file.path)
    const kind = leftoverKind(name)
    if (SYSTEM_FILES.includes(name)) return
    const stats = await orAbsent(kind === undefined ? stat(file.path) : lstat(file.path))
    if (stats === undefined) problems.push({ kind: 'dangling link', path: file.path })
    else if (kind !== undefined)
      leftovers.push({ kind, path: file.path, sizeBytes: takenBytes(stats), lastModifiedAt: stats.mtime })
    else blobs.push(cachedContent(file, stats))
  })
  return { blobs, leftovers }
}

async function scanRefs(
  folder: string,
  problems: CacheProblem[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const refsFolder = refsPath(folder)
  const refs = new Map<string, string>()
  for (const file of await walkFiles(refsFolder, signal)) {
    if (SYSTEM_FILES.includes(path.basename(file.path))) continue
    const name = path.relative(refsFolder, file.path).split(path.sep).join('/')
    // As others read it: a line break leads nowhere.
    const text = await readRefFile(file.path)
    if (text !== undefined) refs.set(name, text)
    else problems.push({ kind: 'dead ref', path: file.path })
  }
  return refs
}

interface RevisionInputs {
  readonly folder: string
  readonly refs: ReadonlyMap<string, string>
  /** Content by where it lies; what lies in a snapshot itself is added. */
  readonly byPath: Map<string, CachedBlob>
  readonly problems: CacheProblem[]
  readonly signal: AbortSignal | undefined
}

async function scanRevisions(inputs: RevisionInputs): Promise<CachedRevision[]> {
  const { folder, problems, signal } = inputs
  const snapshots = snapshotsPath(folder)
  if (!(await orAbsent(stat(snapshots)))?.isDirectory()) {
    problems.push({ kind: 'no snapshots folder', path: snapshots })
    return []
  }
  const revisions = new Map<string, WalkedFile[]>()
  for (const name of (await readdir(snapshots)).toSorted()) {
    const place = path.join(snapshots, name)
    if ((await orAbsent(stat(place)))?.isDirectory()) revisions.set(name, await walkFiles(place, signal))
    else if (!SYSTEM_FILES.includes(name)) problems.push({ kind: 'file among snapshots', path: place })
  }
  return readRevisions(revisions, inputs)
}

async function readRevisions(
  revisions: ReadonlyMap<string, readonly WalkedFile[]>,
  { folder, refs, byPath, problems }: RevisionInputs,
): Promise<CachedRevision[]> {
  const scanned: CachedRevision[] = []
  for (const [commitHash, walked] of revisions) {
    const place = path.join(snapshotsPath(folder), commitHash)
    const found = await mapSome(walked, (file) => scanPointer(file, place, byPath, problems))
    const files = found.filter((file) => file !== undefined)
    const contents = [...new Set(files.map((file) => file.contentPath))].flatMap((at) => byPath.get(at) ?? [])
    scanned.push({
      commitHash,
      folder: place,
      refs: [...refs].filter(([, commit]) => commit === commitHash).map(([ref]) => ref),
      files,
      sizeBytes: sum(contents.map(({ sizeBytes }) => sizeBytes)),
      lastModifiedAt:
        latest(contents.map(({ lastModifiedAt }) => lastModifiedAt)) ??
        (await orAbsent(stat(place)))?.mtime ??
        new Date(0),
    })
  }
  return scanned
}

async function scanPointer(
  file: WalkedFile,
  snapshot: string,
  byPath: Map<string, CachedBlob>,
  problems: CacheProblem[],
): Promise<CachedFile | undefined> {
  const target = file.isLink ? await orAbsent(readlink(file.path)) : file.path
  // Removed while we were looking.
  if (target === undefined) return undefined
  const contentPath = path.resolve(path.dirname(file.path), target)
  let content = byPath.get(contentPath)
  if (content === undefined) {
    const stats = await orAbsent(stat(contentPath))
    if (stats === undefined) problems.push({ kind: 'dangling link', path: file.path })
    if (!stats?.isFile()) return undefined
    content = cachedContent({ path: contentPath, isLink: false }, stats)
    byPath.set(contentPath, content)
  }
  const name = path.relative(snapshot, file.path).split(path.sep).join('/')
  return { path: name, contentPath, sizeBytes: content.sizeBytes }
}

function cachedContent(file: WalkedFile, stats: Stats): CachedBlob {
  return {
    name: path.basename(file.path),
    path: file.path,
    sizeBytes: stats.size,
    isShared: file.isLink,
    lastUsedAt: stats.atime,
    lastModifiedAt: stats.mtime,
  }
}

/** Partial data has holes. Windows counts no blocks. */
function takenBytes(stats: Stats): number {
  return stats.blocks > 0 ? Math.min(stats.size, stats.blocks * 512) : stats.size
}

function latest(moments: readonly Date[]): Date | undefined {
  return moments.reduce<Date | undefined>(
    (last, moment) => (last === undefined || moment > last ? moment : last),
    undefined,
  )
}

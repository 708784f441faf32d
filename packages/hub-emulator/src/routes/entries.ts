import { fileFactsOf } from '../files/file-facts.ts'
import { madeUpId } from '../files/hashes.ts'
import type { Commit, RepoFile } from '../models/model.ts'
import { MASK } from './blobs.ts'

/** A folder or file of a commit. */
export type Entry = { readonly path: string; readonly file: RepoFile | undefined }

export interface EntryShape {
  /** Whether the caller is inside the gate; otherwise hashes are masked. */
  readonly isOpen: boolean
  readonly xetHashes: boolean
  /** Adds the last commit and the state of scans. */
  readonly isExpanded: boolean
  /** The commit and those before it, newest first. */
  readonly history: readonly Commit[]
}

/** What was listed of a commit, which never changes: a tree of 100 pages is then laid out once. */
const listed = new WeakMap<Commit, Map<string, readonly Entry[]>>()

/** Everything under a folder (`''` is the root): its folders, then its files; all depths if `isRecursive`. */
export function entriesUnder(commit: Commit, folder: string, isRecursive: boolean): readonly Entry[] {
  const ofCommit = listed.get(commit) ?? new Map<string, readonly Entry[]>()
  listed.set(commit, ofCommit)
  const key = `${isRecursive} ${folder}`
  const entries = ofCommit.get(key) ?? listEntries(commit, folder, isRecursive)
  ofCommit.set(key, entries)
  return entries
}

function listEntries(commit: Commit, folder: string, isRecursive: boolean): Entry[] {
  const prefix = folder === '' ? '' : `${folder}/`
  const below = commit.files.filter(({ path }) => path.startsWith(prefix))
  const folders = new Set(below.flatMap(({ path }) => foldersOf(path.slice(prefix.length), isRecursive)))
  const files = below.filter(({ path }) => isRecursive || !path.slice(prefix.length).includes('/'))
  return [
    ...[...folders].toSorted().map((path) => ({ path: prefix + path, file: undefined })),
    ...files.map((file) => ({ path: file.path, file })),
  ]
}

/** `a/b` and `a` of `a/b/c.txt`; only `a` where depth does not count. */
function foldersOf(path: string, isRecursive: boolean): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.slice(0, isRecursive ? parts.length : 1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** An entry as the tree and paths-info calls give it. */
export async function entryJson({ path, file }: Entry, shape: EntryShape): Promise<unknown> {
  const expanded = shape.isExpanded ? expandedOf(path, file, shape.history) : {}
  if (file === undefined)
    return { type: 'directory', oid: madeUpId(`tree ${shape.history[0]?.id} ${path}`), size: 0, path, ...expanded }
  const { oid, size, lfs, xetHash } = await fileFactsOf(file)
  const masked = (hash: string): string => (shape.isOpen ? hash : MASK)
  return {
    type: 'file',
    oid,
    size,
    path,
    ...(lfs === undefined ? {} : { lfs: { ...lfs, oid: masked(lfs.oid) } }),
    ...(xetHash === undefined || !shape.xetHashes ? {} : { xetHash: masked(xetHash) }),
    ...expanded,
  }
}

function expandedOf(path: string, file: RepoFile | undefined, history: readonly Commit[]): Record<string, unknown> {
  const { id, title, date } = lastChange(path, file, history) ?? {}
  return {
    lastCommit: { id, title, date: new Date(date ?? 0).toISOString() },
    ...(file === undefined ? {} : { securityFileStatus: scansOf() }),
  }
}

/** As for a file that every scanner has seen and none minds. */
function scansOf(): Record<string, unknown> {
  const names = ['avScan', 'pickleImportScan', 'protectAiScan', 'jFrogScan', 'virusTotalScan']
  return { status: 'safe', ...Object.fromEntries(names.map((name) => [name, { status: 'safe' }])) }
}

/** The oldest commit from which on the entry stayed as it is. */
function lastChange(path: string, file: RepoFile | undefined, history: readonly Commit[]): Commit | undefined {
  const isSame = (commit: Commit): boolean =>
    file === undefined
      ? commit.files.some((other) => other.path.startsWith(`${path}/`))
      : commit.files.some((other) => other.path === path && other.content === file.content)
  const firstOther = history.findIndex((commit) => !isSame(commit))
  return history.at(firstOther === -1 ? -1 : Math.max(0, firstOther - 1))
}

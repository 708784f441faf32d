import path from 'node:path'
import { isSha1, isSha256 } from '../util/hex-digest.ts'
import { assertSafePath } from './safe-path.ts'

/** Names and places in the Hugging Face cache, and nothing else: no disk is touched here. @see hub-protocol 8.4, docs/cache-layout.md */

export const repoTypes = ['model', 'dataset', 'space'] as const
export type RepoType = (typeof repoTypes)[number]

export interface RepoName {
  readonly type: RepoType
  /** `org/name`, or a bare old name. */
  readonly id: string
}

/** What every file ends in that is not a finished blob: `hf cache prune` removes whatever bears it. */
const INCOMPLETE = '.incomplete'
export const OUR_INCOMPLETE: string = `.hubgate${INCOMPLETE}`
export const OUR_JOURNAL: string = `.hubgate.journal${INCOMPLETE}`
const SCRATCH = 'scratch-'

const repoIdPattern = /^[\w.-]{1,96}(?:\/[\w.-]{1,96})?$/

/** Git's SHA-1 of the blob, or the SHA-256 of the content. */
export function isEtag(text: string): boolean {
  return isSha1(text) || isSha256(text)
}

export function isCommitHash(text: string): boolean {
  return isSha1(text)
}

/**
 * @throws {TypeError} for what is no repo id: it would become a path
 * @example repoFolderName('acme/tiny-8b') // 'models--acme--tiny-8b'
 */
export function repoFolderName(id: string, type: RepoType = 'model'): string {
  if (!repoIdPattern.test(id) || id.includes('..') || id.includes('--'))
    throw new TypeError(`Cannot name a cache folder after "${id}": expected a repo id such as org/name`)
  return `${type}s--${id.replace('/', '--')}`
}

/** The other way round; `undefined` for a folder that belongs to no repo. A bare name may hold no `--`. */
export function parseRepoFolderName(name: string): RepoName | undefined {
  const [, prefix, rest] = /^(models|datasets|spaces)--(.+)$/.exec(name) ?? []
  const type = repoTypes.find((candidate) => `${candidate}s` === prefix)
  if (type === undefined || rest === undefined) return undefined
  return { type, id: rest.replaceAll('--', '/') }
}

export function snapshotsPath(repoFolder: string): string {
  return path.join(repoFolder, 'snapshots')
}

export function refsPath(repoFolder: string): string {
  return path.join(repoFolder, 'refs')
}

export function blobsPath(repoFolder: string): string {
  return path.join(repoFolder, 'blobs')
}

/** @throws {TypeError} for what is no etag of the Hub: the CDN's, a masked one, a path */
export function blobPath(repoFolder: string, etag: string): string {
  if (!isEtag(etag)) throw new TypeError(`Cannot name a blob "${etag}": expected 40 or 64 hex digits`)
  return path.join(blobsPath(repoFolder), etag)
}

/** Our own partial data of a blob. One name a blob, so that a later run finds it: who writes it holds the lease. */
export function partialPath(repoFolder: string, etag: string): string {
  return blobPath(repoFolder, etag) + OUR_INCOMPLETE
}

/** Which ranges of the partial data are on disk. */
export function journalPath(repoFolder: string, etag: string): string {
  return blobPath(repoFolder, etag) + OUR_JOURNAL
}

/**
 * A name for something that is put together before it gets its place. In `blobs/`, whatever it is: left behind in `refs/` or
 * in a snapshot by a crash, it would make the whole repo unreadable for `hf cache ls`.
 */
export function scratchPath(repoFolder: string, random: string): string {
  return path.join(blobsPath(repoFolder), `${SCRATCH}${random}${OUR_INCOMPLETE}`)
}

const leftoverKinds = ['partial', 'journal', 'scratch', 'other-tool'] as const
export type LeftoverKind = (typeof leftoverKinds)[number]

/** What a name in `blobs/` is a leftover of; `undefined` for a blob, or for what is no tool's. */
export function leftoverKind(name: string): LeftoverKind | undefined {
  if (!name.endsWith(INCOMPLETE)) return undefined
  if (name.startsWith(SCRATCH) && name.endsWith(OUR_INCOMPLETE)) return 'scratch'
  if (name.endsWith(OUR_JOURNAL)) return 'journal'
  return name.endsWith(OUR_INCOMPLETE) ? 'partial' : 'other-tool'
}

/** @throws {TypeError} for what is no commit hash */
export function snapshotPath(repoFolder: string, commitHash: string): string {
  return path.join(snapshotsPath(repoFolder), checkedCommit(commitHash))
}

/**
 * The entry of a snapshot that leads to the blob.
 * @param filePath as the Hub lists it, with `/`
 * @throws {HubgateError} `ERR_UNSAFE_PATH`
 */
export function pointerPath(repoFolder: string, commitHash: string, filePath: string): string {
  assertSafePath(filePath)
  return path.join(snapshotPath(repoFolder, commitHash), ...filePath.split('/'))
}

/**
 * What the symbolic link at `pointerPath` holds: relative, so that a cache can be moved; one `../` more for each folder.
 * @example linkTarget('onnx/model.onnx', etag) // '../../../blobs/<etag>'
 */
export function linkTarget(filePath: string, etag: string): string {
  const depth = filePath.split('/').length + 1
  return path.join(...Array.from({ length: depth }, () => '..'), 'blobs', etag)
}

/**
 * The file that remembers revision → commit hash. `refs/pr/1` lies in folders of its own.
 * @throws {HubgateError} `ERR_UNSAFE_PATH`
 */
export function refPath(repoFolder: string, revision: string): string {
  assertSafePath(revision)
  return path.join(refsPath(repoFolder), ...revision.split('/'))
}

/** The empty file that says: this path is known to be missing at this commit. */
export function noExistPath(repoFolder: string, commitHash: string, filePath: string): string {
  assertSafePath(filePath)
  return path.join(repoFolder, '.no_exist', checkedCommit(commitHash), ...filePath.split('/'))
}

/** The listing of a commit that Python may have left. @see hub-protocol 8.5 */
export function treePath(repoFolder: string, commitHash: string): string {
  return path.join(repoFolder, 'trees', `${checkedCommit(commitHash)}.json`)
}

/** What is kept of a snapshot beside it, and goes with it. Its name is that of a folder that somebody made: it may be no commit. */
export function besideSnapshot(repoFolder: string, name: string): string[] {
  return [path.join(repoFolder, '.no_exist', name), path.join(repoFolder, 'trees', `${name}.json`)]
}

function checkedCommit(commitHash: string): string {
  if (!isCommitHash(commitHash))
    throw new TypeError(`Cannot use "${commitHash}" as a commit hash: expected 40 hex digits`)
  return commitHash
}

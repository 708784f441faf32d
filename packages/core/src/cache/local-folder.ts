import { createHash } from 'node:crypto'
import { realpath, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HubgateError } from '../errors.ts'
import { makeFolder } from '../util/make-folder.ts'
import { type Disk, realDisk } from './disk.ts'
import { isCommitHash, isEtag, OUR_INCOMPLETE, OUR_JOURNAL } from './layout.ts'
import { readPlainFile } from './read-plain-file.ts'
import { removeLink } from './remove-link.ts'
import { tagCache } from './repo-cache.ts'
import { assertSafePath } from './safe-path.ts'
import { hasSystemCode, orAbsent } from './system-code.ts'

/**
 * A folder of the user's that holds the files of a repo under their own paths, with no links: `--local-dir`. What is known of
 * them is kept in `<folder>/.cache/huggingface/`, where `hf download --local-dir` keeps it too. @see hub-protocol 8.7
 */
export interface LocalFolder {
  readonly folder: string
  readonly disk: Disk
}

const BOOKS = ['.cache', 'huggingface']
/** Three short lines. */
const MAX_METADATA_BYTES = 4096

export interface LocalMetadata {
  readonly commitHash: string
  readonly etag: string
}

/** What it is relative to would be another's working folder. @throws {TypeError} for a path that is not absolute */
export function assertLocalFolder(folder: string): void {
  if (!path.isAbsolute(folder))
    throw new TypeError(`Cannot use "${folder}" as a local folder: expected an absolute path`)
}

export async function openLocalFolder(folder: string, disk: Disk = realDisk): Promise<LocalFolder> {
  const books = localBooksPath(folder)
  await makeFolder(folder, (one) => disk.mkdir(one))
  await makeFoldersInside({ folder, disk }, [...BOOKS, 'download'], BOOKS.join('/'))
  await tagCache(books)
  // A courtesy to those who keep the folder in git: `wx`, for theirs may say more.
  await writeFile(path.join(books, '.gitignore'), '*', { flag: 'wx' }).catch(() => undefined)
  return Object.freeze({ folder, disk })
}

/** @throws {HubgateError} `ERR_UNSAFE_PATH` */
export function localFilePath(folder: string, filePath: string): string {
  assertSafePath(filePath)
  if (/^\.cache\/huggingface(?:\/|$)/i.test(filePath)) refuse(filePath, 'what is known of the files is kept there')
  return path.join(folder, ...filePath.split('/'))
}

export function localMetadataPath(folder: string, filePath: string): string {
  assertSafePath(filePath)
  return path.join(localBooksPath(folder), 'download', ...`${filePath}.metadata`.split('/'))
}

/** Our own partial data of a file; beside its metadata, named as `huggingface_hub` names its own. */
export function localPartialPath(folder: string, filePath: string, etag: string): string {
  return localWorkPath(folder, filePath, etag) + OUR_INCOMPLETE
}

export function localJournalPath(folder: string, filePath: string, etag: string): string {
  return localWorkPath(folder, filePath, etag) + OUR_JOURNAL
}

function localWorkPath(folder: string, filePath: string, etag: string): string {
  if (!isEtag(etag)) throw new TypeError(`Cannot name partial data "${etag}": expected 40 or 64 hex digits`)
  const metadata = localMetadataPath(folder, filePath)
  const digest = createHash('sha1').update(path.basename(metadata)).digest('base64')
  const short = digest.replaceAll('+', '-').replaceAll('/', '_')
  return path.join(path.dirname(metadata), `${short}.${etag}`)
}

/**
 * Makes the folders a file needs, for itself and its metadata.
 * @throws {HubgateError} `ERR_UNSAFE_PATH` where a link on the way leads out of the folder
 */
export async function makeLocalFolders(local: LocalFolder, filePath: string): Promise<void> {
  // Refuses what must not be written before anything is.
  localFilePath(local.folder, filePath)
  const above = filePath.split('/').slice(0, -1)
  await makeFoldersInside(local, [...BOOKS, 'download', ...above], filePath)
  await makeFoldersInside(local, above, filePath)
}

/** Each below the one before. Links that stay inside are the user's own, and are followed. */
async function makeFoldersInside(
  { folder, disk }: LocalFolder,
  parts: readonly string[],
  filePath: string,
): Promise<void> {
  const root = await realpath(folder)
  let reached = root
  for (const part of parts) {
    const next = path.join(reached, part)
    await disk.mkdir(next).catch((error: unknown) => onlyIfThere(error))
    reached = await realpath(next)
    if (reached !== root && !reached.startsWith(root + path.sep))
      refuse(filePath, 'a link on the way leads out of the folder')
  }
}

function onlyIfThere(error: unknown): void {
  if (!hasSystemCode(error, ['EEXIST'])) throw error
}

function refuse(filePath: string, danger: string): never {
  throw new HubgateError('ERR_UNSAFE_PATH', `Cannot write "${filePath}": ${danger}`, { path: filePath, danger })
}

/**
 * Gives a verified file its place. Its folders are there: see `makeLocalFolders`. A file of that name is replaced.
 * @param from complete and verified, on the same file system
 */
export async function placeLocalFile(local: LocalFolder, filePath: string, from: string): Promise<void> {
  const target = localFilePath(local.folder, filePath)
  {
    await using file = await local.disk.open(from)
    await file.sync()
  }
  await local.disk.rename(from, target)
  await local.disk.syncFolder(path.dirname(target))
}

/** What is known of a file, unless it was changed since (or is gone): then only its content can tell. */
export async function readLocalMetadata(folder: string, filePath: string): Promise<LocalMetadata | undefined> {
  const place = localMetadataPath(folder, filePath)
  const text = await readPlainFile(place, { encoding: 'utf8', maxBytes: MAX_METADATA_BYTES })
  const stats = await orAbsent(stat(localFilePath(folder, filePath)))
  const [commitHash = '', etag = '', seconds = ''] = text?.split('\n').map((line) => line.trim()) ?? []
  if (!stats?.isFile() || !isCommitHash(commitHash) || !isEtag(etag)) return undefined
  return stats.mtimeMs / 1000 - 1 <= Number(seconds) ? { commitHash, etag } : undefined
}

/** Remembers what a file is. After it is in place: what is newer than its metadata counts as changed. */
export async function writeLocalMetadata(
  local: LocalFolder,
  filePath: string,
  { commitHash, etag }: LocalMetadata,
  now: Date,
): Promise<void> {
  const text = `${commitHash}\n${etag}\n${now.getTime() / 1000}\n`
  const place = localMetadataPath(local.folder, filePath)
  await removeLink(local.disk, place)
  await using file = await local.disk.open(place)
  // First what was there: half of it and half of this would be a record of nothing.
  await file.truncate(0)
  await file.write(Buffer.from(text), 0)
}

/** Where what is known of the files is kept. */
export function localBooksPath(folder: string): string {
  return path.join(folder, ...BOOKS)
}

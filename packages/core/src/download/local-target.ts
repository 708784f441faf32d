import { stat } from 'node:fs/promises'
import path from 'node:path'
import { findBlob } from '../cache/blobs.ts'
import type { Disk } from '../cache/disk.ts'
import { refPath } from '../cache/layout.ts'
import {
  type LocalFolder,
  localFilePath,
  localJournalPath,
  localMetadataPath,
  localPartialPath,
  makeLocalFolders,
  openLocalFolder,
  placeLocalFile,
  readLocalMetadata,
  writeLocalMetadata,
} from '../cache/local-folder.ts'
import { mapSome } from '../cache/map-some.ts'
import { refuseObstacles } from '../cache/obstacles.ts'
import { realPlace } from '../cache/real-place.ts'
import { removeLink } from '../cache/remove-link.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { orAbsent } from '../cache/system-code.ts'
import type { Hasher } from '../hashing/hasher.ts'
import { untilAborted } from '../util/until-aborted.ts'
import { refuseForeignFiles } from './foreign-files.ts'
import { keepText } from './kept-folder.ts'
import { readPartialBytes } from './partial-bytes.ts'
import type { KnownFile, SnapshotContent, SnapshotTarget } from './target.ts'

export interface LocalTargetOptions {
  /** Absolute. */
  readonly folder: string
  /** Looked into before anything is fetched. */
  readonly hubCache: string
  /** Where it is remembered which commit a revision led to: the folder itself has no place for that. */
  readonly memoryFolder: string
  readonly modelId: string
  readonly commitHash: string
  readonly disk: Disk
  readonly hasher: Hasher
  /** Ends the reading of files that have no record. */
  readonly signal: AbortSignal
  readonly now: () => Date
}

/** A folder of the user's, with the files under their own paths: `--local-dir`. */
export function localTarget(options: LocalTargetOptions): SnapshotTarget {
  const { folder, commitHash, disk, now } = options
  /** Where a content already lies whole: a file of the folder itself, or a blob of the cache. */
  const sources = new Map<string, string>()
  let local: Promise<LocalFolder> | undefined
  const open = (): Promise<LocalFolder> => (local ??= openLocalFolder(folder, disk))
  const workPaths = (filePath: string, etag: string): ReturnType<SnapshotTarget['workPaths']> => ({
    partialPath: localPartialPath(folder, filePath, etag),
    journalPath: localJournalPath(folder, filePath, etag),
  })
  const settle = async (filePath: string, etag: string): Promise<void> =>
    writeLocalMetadata(await open(), filePath, { commitHash, etag }, now())
  const copyTo = async (filePath: string, etag: string, source: string): Promise<void> => {
    const { partialPath } = workPaths(filePath, etag)
    await removeLink(disk, partialPath)
    await disk.copy(source, partialPath)
    await placeLocalFile(await open(), filePath, partialPath)
    await settle(filePath, etag)
  }
  return {
    path: folder,
    leaseName: async () => `folder:${await realPlace(folder)}`,
    async present(files) {
      sources.clear()
      const blobBytes = new Map<string, number>()
      // One after another: a file without a record of ours is read as a whole.
      for (const file of files) {
        const source = await findSource(options, file)
        if (source === undefined) continue
        sources.set(file.etag, source)
        blobBytes.set(file.etag, file.sizeBytes)
      }
      const missing = files.filter(({ etag }) => !sources.has(etag))
      return { blobBytes, partialBytes: await readPartialBytes(missing, (file) => workPaths(file.path, file.etag)) }
    },
    async isPlaced(files) {
      for (const { path: filePath, etag = '', sizeBytes } of files)
        if (!(await isThere(options, filePath, { etag, sizeBytes }))) return false
      return true
    },
    async prepare(files) {
      // Before anything is written: each path, and then each folder once.
      for (const { path: filePath } of files) localFilePath(folder, filePath)
      await refuseForeignFiles(folder, files, (file) => isThere(options, file.path, file))
      const opened = await open()
      const byFolder = new Map(files.map(({ path: filePath }) => [path.posix.dirname(filePath), filePath]))
      for (const filePath of byFolder.values()) await makeLocalFolders(opened, filePath)
      await refuseObstacles(
        files.flatMap(({ path: filePath, etag }) => [
          localFilePath(folder, filePath),
          localMetadataPath(folder, filePath),
          ...Object.values(workPaths(filePath, etag)),
        ]),
      )
    },
    workPaths: ({ etag, paths: [first = ''] }) => workPaths(first, etag),
    async place(content) {
      const opened = await open()
      const [first = '', ...others] = content.paths
      const source = content.action === 'keep' ? sources.get(content.etag) : undefined
      if (source === undefined) {
        const { partialPath, journalPath } = workPaths(first, content.etag)
        await placeLocalFile(opened, first, partialPath)
        await disk.remove(journalPath)
        await settle(first, content.etag)
      }
      const from = source ?? localFilePath(folder, first)
      for (const filePath of source === undefined ? others : content.paths) {
        if (await isThere(options, filePath, content)) await settle(filePath, content.etag)
        else await copyTo(filePath, content.etag, from)
      }
    },
    async findSpent(files) {
      const places = files.flatMap(({ path: filePath, etag }) => Object.values(workPaths(filePath, etag)))
      const found = await mapSome(places, (place) => orAbsent(stat(place)))
      return places.filter((_, index) => found[index] !== undefined)
    },
    async finish(revision) {
      if (revision === commitHash) return
      // Of use only where the Hub cannot be asked.
      await keepText(refPath(options.memoryFolder, revision), commitHash).catch(() => undefined)
    },
  }
}

async function findSource(options: LocalTargetOptions, file: KnownFile): Promise<string | undefined> {
  const { folder, hubCache, modelId } = options
  if (await isThere(options, file.path, file)) return localFilePath(folder, file.path)
  const blob = await findBlob(repoFolderPath(hubCache, modelId), file.etag)
  return blob?.sizeBytes === file.sizeBytes ? blob.path : undefined
}

/** Is the file of the folder this content? Its metadata says so, or its bytes. */
async function isThere(
  { folder, hasher, signal }: LocalTargetOptions,
  filePath: string,
  content: Pick<SnapshotContent, 'etag' | 'sizeBytes'>,
): Promise<boolean> {
  const file = localFilePath(folder, filePath)
  const stats = await orAbsent(stat(file))
  if (!stats?.isFile() || stats.size !== content.sizeBytes) return false
  if ((await readLocalMetadata(folder, filePath))?.etag === content.etag) return true
  using hashing = hasher.start(file, content)
  hashing.advance(content.sizeBytes)
  return (await untilAborted(hashing.digest, signal)) === content.etag
}

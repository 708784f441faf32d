import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { readBlobSizes } from '../cache/blob-sizes.ts'
import { findBlob, placeBlob } from '../cache/blobs.ts'
import type { Disk } from '../cache/disk.ts'
import {
  blobPath,
  blobsPath,
  journalPath,
  leftoverKind,
  partialPath,
  pointerPath,
  snapshotPath,
} from '../cache/layout.ts'
import { mapSome } from '../cache/map-some.ts'
import { refuseObstacles } from '../cache/obstacles.ts'
import { findPointer, linkBlob, makeSnapshotFolders } from '../cache/pointers.ts'
import { prepareRef, writeRef } from '../cache/refs.ts'
import { repoLeaseName } from '../cache/remove.ts'
import { openRepoCache, type RepoCache, repoFolderPath } from '../cache/repo-cache.ts'
import { orAbsent } from '../cache/system-code.ts'
import { readPartialBytes } from './partial-bytes.ts'
import type { KnownFile, SnapshotContent, SnapshotTarget } from './target.ts'

export interface CacheTargetOptions {
  readonly hubCache: string
  readonly modelId: string
  readonly commitHash: string
  readonly disk: Disk
  readonly canLink?: boolean | undefined
}

/** The cache that all Hugging Face tools share. */
export function cacheTarget(options: CacheTargetOptions): SnapshotTarget {
  const { hubCache, modelId, commitHash, disk, canLink } = options
  const folder = repoFolderPath(hubCache, modelId)
  let cache: Promise<RepoCache> | undefined
  const open = (): Promise<RepoCache> =>
    (cache ??= openRepoCache({ hubCache, repoId: modelId, disk, ...(canLink === undefined ? {} : { canLink }) }))
  const workPaths = ({ etag }: { readonly etag: string }): ReturnType<SnapshotTarget['workPaths']> => ({
    partialPath: partialPath(folder, etag),
    journalPath: journalPath(folder, etag),
  })
  return {
    path: snapshotPath(folder, commitHash),
    leaseName: () => repoLeaseName(folder),
    async present(files) {
      const blobBytes = await readBlobSizes(
        folder,
        files.map(({ etag }) => etag),
      )
      await addPointers(folder, commitHash, files, blobBytes)
      const unfinished = files.filter(({ etag, sizeBytes }) => blobBytes.get(etag) !== sizeBytes)
      return { blobBytes, partialBytes: await readPartialBytes(unfinished, workPaths) }
    },
    async isPlaced(files) {
      const found = await mapSome(files, (file) => findPointer(folder, commitHash, file.path))
      return files.every(({ sizeBytes }, index) => found[index]?.sizeBytes === sizeBytes)
    },
    async prepare(files, revision) {
      const opened = await open()
      const filePaths = files.map((file) => file.path)
      await makeSnapshotFolders(opened, commitHash, filePaths)
      await prepareRef(opened, revision)
      await refuseObstacles([
        ...filePaths.map((filePath) => pointerPath(folder, commitHash, filePath)),
        ...files.flatMap((file) => [blobPath(folder, file.etag), ...Object.values(workPaths(file))]),
      ])
    },
    workPaths,
    async place(content) {
      const opened = await open()
      const isNew = content.action !== 'keep'
      if (isNew) await placeBlob(opened, content)
      // In this order: a journal without its data is nothing, data without its journal would be fetched again.
      await disk.remove(journalPath(folder, content.etag))
      await link(opened, commitHash, content, isNew)
    },
    async findSpent(files) {
      const names = new Set(await orAbsent(readdir(blobsPath(folder))))
      const whole = new Set([...names, ...files.map(({ etag }) => etag)])
      const spent = [...names].filter((name) => {
        const kind = leftoverKind(name)
        // Of a run that was killed over its last steps: whoever puts something together holds the lease that we hold now.
        if (kind === 'scratch') return true
        return (kind === 'partial' || kind === 'journal') && whole.has(name.slice(0, name.indexOf('.')))
      })
      return spent.map((name) => path.join(blobsPath(folder), name))
    },
    async finish(revision) {
      await writeRef(await open(), revision, commitHash)
    },
  }
}

async function link(cache: RepoCache, commitHash: string, content: SnapshotContent, isNew: boolean): Promise<void> {
  const { etag, paths: filePaths } = content
  // Where links could not be made, the files lie in the snapshot itself and no blob is left of them: nothing is to be done.
  if (!isNew && (await findBlob(cache.folder, etag)) === undefined) return
  await linkBlob(cache, { etag, commitHash, filePaths, isNew })
}

/** A content without a blob is there if each of its paths in the snapshot is: so it is where links cannot be made. */
async function addPointers(
  folder: string,
  commitHash: string,
  files: readonly KnownFile[],
  blobBytes: Map<string, number>,
): Promise<void> {
  if ((await orAbsent(stat(snapshotPath(folder, commitHash)))) === undefined) return
  const withoutBlob = Map.groupBy(
    files.filter(({ etag }) => !blobBytes.has(etag)),
    ({ etag }) => etag,
  )
  await mapSome(withoutBlob, async ([etag, own]) => {
    const found = await Promise.all(own.map((file) => findPointer(folder, commitHash, file.path)))
    if (own.every(({ sizeBytes }, index) => found[index]?.sizeBytes === sizeBytes))
      blobBytes.set(etag, own[0]?.sizeBytes ?? 0)
  })
}

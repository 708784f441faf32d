import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '../util/make-folder.ts'
import { type Disk, realDisk } from './disk.ts'
import { blobsPath, type RepoType, repoFolderName, snapshotsPath } from './layout.ts'
import { makeRealFolder } from './real-folder.ts'
import { randomName } from './scratch.ts'
import { hasSystemCode } from './system-code.ts'

/** One repo's folder in the cache, ready to be written to. Reading needs none: only the folder's path. */
export interface RepoCache {
  /** `<hub cache>/models--org--name`. */
  readonly folder: string
  /** Whether snapshots link to blobs; where links cannot be made, the files themselves lie in the snapshot. */
  readonly canLink: boolean
  readonly disk: Disk
}

export interface OpenRepoCacheOptions {
  /** @see Folders.hubCache */
  readonly hubCache: string
  /** As the Hub spells it. */
  readonly repoId: string
  /** @default 'model' */
  readonly repoType?: RepoType
  /** `false`: as if links could not be made; else one try tells. @see Settings.mayLink @default true */
  readonly canLink?: boolean
  readonly disk?: Disk
}

/** The tag that lets backups pass the cache over, in the words of `huggingface_hub`. @see https://bford.info/cachedir/ */
const CACHEDIR_TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by huggingface_hub.
# For information about cache directory tags, see:
#\thttps://bford.info/cachedir/
`

/** Where a repo lies in a cache. Says nothing about whether it is there. */
export function repoFolderPath(hubCache: string, repoId: string, repoType: RepoType = 'model'): string {
  return path.join(hubCache, repoFolderName(repoId, repoType))
}

/**
 * Makes the folders of a repo where they are missing, and finds out once whether links can be made.
 *
 * The repo's folder may be a link: so people move a model to another disk. Those in it may not.
 * @throws {HubgateError} `ERR_UNSAFE_PATH`
 */
export async function openRepoCache(options: OpenRepoCacheOptions): Promise<RepoCache> {
  const { hubCache, repoId, repoType = 'model', disk = realDisk } = options
  const folder = repoFolderPath(hubCache, repoId, repoType)
  await makeFolder(folder, (one) => disk.mkdir(one))
  // A repo without `snapshots/` is corrupt for `hf cache ls`: it comes first.
  await makeRealFolder(disk, snapshotsPath(folder))
  await makeRealFolder(disk, blobsPath(folder))
  await tagCache(hubCache)
  return Object.freeze({ folder, canLink: options.canLink !== false && (await probeLink(folder, disk)), disk })
}

/** Only a courtesy to backups: what it fails on will fail the real work, and be told there. */
export async function tagCache(folder: string): Promise<void> {
  await writeFile(path.join(folder, 'CACHEDIR.TAG'), CACHEDIR_TAG, { flag: 'wx' }).catch(() => undefined)
}

async function probeLink(folder: string, disk: Disk): Promise<boolean> {
  const probe = randomName(folder)
  try {
    await disk.symlink('probe', probe)
    return true
  } catch (error) {
    if (hasSystemCode(error, ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL'])) return false
    throw error
  } finally {
    await disk.remove(probe)
  }
}

import { constants } from 'node:fs'
import { copyFile, type FileHandle, mkdir, open, rename, symlink, unlink } from 'node:fs/promises'
import { hasSystemCode, orAbsent } from './system-code.ts'

/**
 * All that a download changes on disk. It comes through this seam so that tests can break the n-th operation, for every n.
 * Reading and listing go to `node:fs` directly.
 *
 * Each rejects with the system's error, `code` and all (`ENOSPC`, `EIO`).
 */
export interface Disk {
  /**
   * Opens for reading and writing; makes the file, with mode 0666 less the umask, where it is missing. Never truncates, and
   * never follows a link, which would lead writing out of the cache: `ELOOP`. A named pipe keeps nobody waiting.
   */
  open(path: string): Promise<DiskFile>
  /** Makes one folder; the one above it is there. Fails with `EEXIST` where anything is there already. */
  mkdir(path: string): Promise<void>
  /** Takes a file away, or a link and never what it leads to. Nothing happens where there is none. */
  remove(path: string): Promise<void>
  /** Atomic within one file system; replaces a file or a link that is there. */
  rename(from: string, to: string): Promise<void>
  /** Fails with `EEXIST` where anything is there already. */
  symlink(target: string, path: string): Promise<void>
  /** Copies content only, as a clone where the file system can; replaces what is there, so give it a scratch name. */
  copy(from: string, to: string): Promise<void>
  /** Makes the names in a folder last through a power cut. Does nothing where the system has no such thing. */
  syncFolder(path: string): Promise<void>
}

export interface DiskFile extends AsyncDisposable {
  /** Writes all of it, or rejects. */
  write(bytes: Uint8Array, position: number): Promise<void>
  truncate(sizeBytes: number): Promise<void>
  /** Makes the content last through a power cut. */
  sync(): Promise<void>
}

/** Windows has neither of the last two, nor named pipes among files, and lets few people make links: there they are nothing. */
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

export const realDisk: Disk = {
  open: async (path) => new RealFile(await open(path, OPEN_FLAGS, 0o666)),
  mkdir: (path) => mkdir(path),
  remove: (path) => orAbsent(unlink(path)),
  rename,
  symlink: (target, path) => symlink(target, path, 'file'),
  copy: (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE),
  syncFolder,
}

class RealFile implements DiskFile {
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done)
      done += bytesWritten
    }
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#handle.truncate(sizeBytes)
  }

  sync(): Promise<void> {
    return this.#handle.sync()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close()
  }
}

/** Windows cannot open a folder, and some network file systems cannot sync one: there is nothing better to do then. */
async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, constants.O_RDONLY)
    await folder.sync()
  } catch (error) {
    if (!hasSystemCode(error, ['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP'])) throw error
  }
}

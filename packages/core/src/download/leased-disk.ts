import type { Disk, DiskFile } from '../cache/disk.ts'
import type { RepoLease } from './repo-lease.ts'

/**
 * The disk as long as the lease is surely held: what would change it is refused from then on. A process that was suspended wakes
 * up in the middle of whatever it did, with files open that another has made whole meanwhile, and long before a timer or the store
 * tells it so.
 */
export function leasedDisk(disk: Disk, lease: Pick<RepoLease, 'isHeld'>): Disk {
  const checked = async <T>(change: () => Promise<T>): Promise<T> => {
    if (!lease.isHeld()) throw new Error('Cannot write: another process works on this model now')
    return await change()
  }
  return {
    open: async (path) => leasedFile(await checked(() => disk.open(path)), checked),
    mkdir: (path) => checked(() => disk.mkdir(path)),
    remove: (path) => checked(() => disk.remove(path)),
    rename: (from, to) => checked(() => disk.rename(from, to)),
    symlink: (target, path) => checked(() => disk.symlink(target, path)),
    copy: (from, to) => checked(() => disk.copy(from, to)),
    syncFolder: (path) => checked(() => disk.syncFolder(path)),
  }
}

function leasedFile(file: DiskFile, checked: <T>(change: () => Promise<T>) => Promise<T>): DiskFile {
  return {
    write: (bytes, position) => checked(() => file.write(bytes, position)),
    truncate: (sizeBytes) => checked(() => file.truncate(sizeBytes)),
    sync: () => checked(() => file.sync()),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

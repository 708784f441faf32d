import { type Disk, type DiskFile, realDisk } from '../../src/cache/disk.ts'

export interface FailingDisk extends Disk {
  /** How many operations were asked for. */
  readonly operations: () => number
}

/** The real disk, of which one operation fails as a full or dying disk does. A failed write may have written a part. */
export function failingDisk(failAt: number, code = 'ENOSPC'): FailingDisk {
  let asked = 0
  const step = (): void => {
    asked += 1
    if (asked === failAt) throw Object.assign(new Error(`${code}: made to fail at operation ${failAt}`), { code })
  }
  return {
    operations: () => asked,
    async open(path) {
      step()
      return failingFile(await realDisk.open(path), step)
    },
    async rename(from, to) {
      step()
      await realDisk.rename(from, to)
    },
    async symlink(target, path) {
      step()
      await realDisk.symlink(target, path)
    },
    async copy(from, to) {
      step()
      await realDisk.copy(from, to)
    },
    async syncFolder(path) {
      step()
      await realDisk.syncFolder(path)
    },
  }
}

function failingFile(file: DiskFile, step: () => void): DiskFile {
  return {
    async write(bytes, position) {
      try {
        step()
      } catch (error) {
        await file.write(bytes.subarray(0, Math.floor(bytes.length / 2)), position)
        throw error
      }
      await file.write(bytes, position)
    },
    async truncate(sizeBytes) {
      step()
      await file.truncate(sizeBytes)
    },
    async sync() {
      step()
      await file.sync()
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

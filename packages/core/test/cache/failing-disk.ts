import { type Disk, type DiskFile, realDisk } from '../../src/cache/disk.ts'

export interface FailingDisk extends Disk {
  /** How many operations were asked for. */
  readonly operations: () => number
  /** What was made to fail first: `write`, `sync`, `rename`; `undefined` where nothing was. */
  readonly failed: () => string | undefined
}

export interface FailingDiskOptions {
  /** @default 'ENOSPC' */
  readonly code?: string
  /** Everything that writes fails from there on, as on a disk that is full and stays so. @default false */
  readonly staysBroken?: boolean
}

/** The real disk, of which one operation fails as a full or dying disk does. A failed write may have written a part. */
export function failingDisk(
  failAt: number,
  { code = 'ENOSPC', staysBroken = false }: FailingDiskOptions = {},
): FailingDisk {
  let asked = 0
  let failed: string | undefined
  const step = (kind: string): void => {
    asked += 1
    if (asked !== failAt && !(staysBroken && asked > failAt)) return
    failed ??= kind
    throw Object.assign(new Error(`${code}: made to fail at operation ${asked}, ${kind}`), { code })
  }
  return {
    operations: () => asked,
    failed: () => failed,
    async open(path) {
      step('open')
      return failingFile(await realDisk.open(path), step)
    },
    async mkdir(path) {
      step('mkdir')
      await realDisk.mkdir(path)
    },
    async remove(path) {
      step('remove')
      await realDisk.remove(path)
    },
    async rename(from, to) {
      step('rename')
      await realDisk.rename(from, to)
    },
    async symlink(target, path) {
      step('link')
      await realDisk.symlink(target, path)
    },
    async copy(from, to) {
      step('copy')
      await realDisk.copy(from, to)
    },
    async syncFolder(path) {
      step('sync of a folder')
      await realDisk.syncFolder(path)
    },
  }
}

function failingFile(file: DiskFile, step: (kind: string) => void): DiskFile {
  return {
    async write(bytes, position) {
      try {
        step('write')
      } catch (error) {
        await file.write(bytes.subarray(0, Math.floor(bytes.length / 2)), position)
        throw error
      }
      await file.write(bytes, position)
    },
    async truncate(sizeBytes) {
      step('truncate')
      await file.truncate(sizeBytes)
    },
    async sync() {
      step('sync')
      await file.sync()
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

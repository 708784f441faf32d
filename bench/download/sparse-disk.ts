import { type Disk, type DiskFile, realDisk } from '@hubgate/core/cache'

const zeros = Buffer.alloc(1024 * 1024)

/** The real disk, but blocks of zeros are left as holes, which read as zeros: a huge file then needs little room. */
export const sparseDisk: Disk = {
  ...realDisk,
  open: async (path) => sparse(await realDisk.open(path)),
}

function sparse(file: DiskFile): DiskFile {
  return {
    write: async (bytes, position) => {
      const isHole = bytes.length <= zeros.length && zeros.subarray(0, bytes.length).equals(bytes)
      if (!isHole) await file.write(bytes, position)
    },
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    sync: () => file.sync(),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

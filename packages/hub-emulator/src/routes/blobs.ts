import { fileFactsOf } from '../files/file-facts.ts'
import type { Commit } from '../models/model.ts'

/** What stands in place of a hash for those outside a gate: right length, wrong alphabet. */
export const MASK: string = '*'.repeat(64)

/** Siblings with their sizes and hashes, as `?blobs=true` gives them. */
export function blobsOf(commit: Commit, isOpen: boolean): Promise<unknown[]> {
  return Promise.all(
    commit.files.map(async (file) => {
      const { oid, size, lfs } = await fileFactsOf(file)
      const shown = lfs && { sha256: isOpen ? lfs.oid : MASK, size: lfs.size, pointerSize: lfs.pointerSize }
      return { rfilename: file.path, size, blobId: oid, ...(shown ? { lfs: shown } : {}) }
    }),
  )
}

import { readdir } from 'node:fs/promises'
import { findBlob } from './blobs.ts'
import { blobsPath } from './layout.ts'
import { orAbsent } from './system-code.ts'

const AT_ONCE = 64

/** Bytes of those blobs that are there, whoever put them there; sizes only, content is not looked at. */
export async function readBlobSizes(repoFolder: string, etags: Iterable<string>): Promise<Map<string, number>> {
  const there = new Set(await orAbsent(readdir(blobsPath(repoFolder))))
  const wanted = [...new Set(etags)].filter((etag) => there.has(etag))
  const sizes = new Map<string, number>()
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const batch = wanted.slice(at, at + AT_ONCE)
    const found = await Promise.all(batch.map((etag) => findBlob(repoFolder, etag)))
    for (const [index, etag] of batch.entries()) {
      const blob = found[index]
      if (blob !== undefined) sizes.set(etag, blob.sizeBytes)
    }
  }
  return sizes
}

import { readdir } from 'node:fs/promises'
import { findBlob } from './blobs.ts'
import { blobsPath } from './layout.ts'
import { mapSome } from './map-some.ts'
import { orAbsent } from './system-code.ts'

/** Bytes of those blobs that are there, whoever put them there; sizes only, content is not looked at. */
export async function readBlobSizes(repoFolder: string, etags: Iterable<string>): Promise<Map<string, number>> {
  const there = new Set(await orAbsent(readdir(blobsPath(repoFolder))))
  const wanted = [...new Set(etags)].filter((etag) => there.has(etag))
  const sizes = new Map<string, number>()
  await mapSome(wanted, async (etag) => {
    const blob = await findBlob(repoFolder, etag)
    if (blob !== undefined) sizes.set(etag, blob.sizeBytes)
  })
  return sizes
}

import type { RepoFile } from '../models/model.ts'
import { type Content, sizeOf, storedContent } from './content.ts'
import { gitBlobIdOf, madeUpXetHash, sha256Of } from './hashes.ts'

/** What the Hub says of a file without giving its bytes. */
export interface FileFacts {
  /** The git name, 40 hex; of the pointer where the content is kept outside git. */
  readonly oid: string
  readonly size: number
  /** 40 hex for a git blob, 64 hex for an LFS file. */
  readonly etag: string
  readonly lfs: { readonly oid: string; readonly size: number; readonly pointerSize: number } | undefined
  /** 64 hex, what the CDN files it under; not the SHA-256. */
  readonly xetHash: string | undefined
}

export async function fileFactsOf(file: RepoFile): Promise<FileFacts> {
  const size = file.announced?.size ?? sizeOf(file.content)
  if (!file.isLfs) {
    const oid = await gitBlobIdOf(file.content)
    return { oid, size, etag: oid, lfs: undefined, xetHash: undefined }
  }
  const sha256 = file.announced?.sha256 ?? (await sha256Of(file.content))
  const pointer = pointerOf(sha256, size)
  return {
    oid: await gitBlobIdOf(pointer),
    size,
    etag: sha256,
    lfs: { oid: sha256, size, pointerSize: sizeOf(pointer) },
    xetHash: madeUpXetHash(sha256),
  }
}

/** What git holds in place of an LFS file. @see https://git-lfs.github.com/spec/v1 */
export function pointerOf(sha256: string, size: number): Content {
  return storedContent(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`)
}

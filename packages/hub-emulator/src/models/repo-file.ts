import { type Content, computedContent, sizeOf, storedContent } from '../files/content.ts'
import type { RepoFile } from './model.ts'

/** A file laid by hand: its text or bytes, or what is in it and what the Hub shall say of it. */
export type FileSpec = string | Uint8Array | FileOptions

export interface FileOptions {
  /** Text, bytes, or content made by `safetensorsShard`, `ggufFile`, `computedContent`. */
  readonly content?: string | Uint8Array | Content
  /** Bytes in all, computed from their place, where no content is given. Nothing of it is stored. */
  readonly size?: number
  /** Files of one seed and size hold the same bytes. @default the path */
  readonly seed?: string
  /** Kept outside git and served by the CDN. @default by the name's ending, or from 10 MiB on */
  readonly lfs?: boolean
  /** What the Hub claims instead of the true size; or its SHA-256 where that is known or a lie. */
  readonly announcedSize?: number
  readonly announcedSha256?: string
}

/** Above this the Hub keeps a file outside git, whatever its name. */
const LFS_BYTES = 10 * 1024 * 1024
const lfsName = /\.(?:safetensors|gguf|bin|pt|pth|onnx|h5|msgpack|ot|model)$/

export function repoFile(path: string, spec: FileSpec | Content): RepoFile {
  const options = typeof spec === 'string' || spec instanceof Uint8Array || 'kind' in spec ? { content: spec } : spec
  const content = contentOf(path, options)
  const { announcedSize: size, announcedSha256: sha256 } = options
  return {
    path,
    content,
    isLfs: options.lfs ?? (lfsName.test(path) || sizeOf(content) > LFS_BYTES),
    announced: size === undefined && sha256 === undefined ? undefined : { size, sha256 },
  }
}

export function repoFiles(files: Readonly<Record<string, FileSpec>>): RepoFile[] {
  return Object.entries(files).map(([path, spec]) => repoFile(path, spec))
}

function contentOf(path: string, { content, size, seed = path }: FileOptions): Content {
  if (content === undefined) return computedContent(size ?? 0, seed)
  return typeof content === 'string' || content instanceof Uint8Array ? storedContent(content) : content
}

import { asCount, isObject } from '../util/json.ts'
import { headerError, MAX_HEADER_BYTES } from './header-error.ts'
import { parseBoundedJson } from './parse-bounded-json.ts'

/** What `model.safetensors.index.json` says. */
export interface SafetensorsIndex {
  /** Bytes of all tensors, as whoever saved them wrote it down. */
  readonly totalBytes: number | undefined
  /** The shards, each once: plain names in the index's own folder. */
  readonly files: readonly string[]
}

const limits = { bytes: MAX_HEADER_BYTES, depth: 4, members: 2_000_000 } as const
const MAX_FILES = 10_000

/**
 * Reads the bytes of a safetensors index.
 * @throws {HubgateError} `ERR_FILE_HEADER` when it is none, or names files that no index may name
 */
export function parseSafetensorsIndex(bytes: Uint8Array): SafetensorsIndex {
  const index = parse(bytes)
  const map = isObject(index) ? index['weight_map'] : undefined
  if (!isObject(map)) throw headerError('safetensors', 'the index has no weight_map')
  const files = new Set<string>()
  for (const file of Object.values(map)) {
    if (typeof file !== 'string' || !/^[^/\\]{1,250}\.safetensors$/.test(file))
      throw headerError('safetensors', 'the index names a file that is no shard')
    files.add(file)
    if (files.size > MAX_FILES) throw headerError('safetensors', `the index names more than ${MAX_FILES} files`)
  }
  const metadata = isObject(index) ? index['metadata'] : undefined
  return { totalBytes: asCount(isObject(metadata) ? metadata['total_size'] : undefined), files: [...files] }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseBoundedJson(bytes, limits)
  } catch (error) {
    throw headerError('safetensors', `the index cannot be read: ${error instanceof Error ? error.message : ''}`, error)
  }
}

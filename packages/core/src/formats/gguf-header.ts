import { ByteCursor } from './byte-cursor.ts'
import type { ByteReader } from './byte-reader.ts'
import { type GgufValue, readLength, readMetadata } from './gguf-metadata.ts'
import { type GgufTensors, readTensors } from './gguf-tensors.ts'
import { headerError } from './header-error.ts'

/** What the header of one GGUF file says. */
export interface GgufHeader {
  readonly version: number
  /** Keys as in the file: `general.architecture`, `llama.block_count`. Long texts are left out. */
  readonly metadata: ReadonlyMap<string, GgufValue>
  /** Of this file: a shard has only its own. */
  readonly tensors: GgufTensors
  /** Files the model is split into; 1 for most. */
  readonly shards: number
}

const MAGIC = 0x46554747

/**
 * Reads the header of a GGUF file, a chunk at a time, until its last tensor is described. Neither lengths nor counts it claims are
 * believed beyond what a header may be.
 * @throws {HubgateError} `ERR_FILE_HEADER` when it is no GGUF file, is cut off, or claims what cannot be
 */
export async function readGgufHeader(reader: ByteReader, signal?: AbortSignal): Promise<GgufHeader> {
  const cursor = new ByteCursor(reader, signal)
  await cursor.need(8)
  if (cursor.uint32() !== MAGIC) throw headerError('GGUF', 'it does not begin with GGUF')
  const version = cursor.uint32()
  if (version < 1 || version > 3)
    throw headerError(
      'GGUF',
      version % 65_536 === 0 ? 'it is big-endian, which is not read' : `version ${version} is not known`,
    )
  const tensorCount = await readLength(cursor, version)
  const keyCount = await readLength(cursor, version)
  const metadata = await readMetadata(cursor, keyCount, version)
  const tensors = await readTensors(cursor, tensorCount, version)
  // A description is not believed that the file is too short for.
  if (tensors.bytes > reader.sizeBytes) throw headerError('GGUF', 'its tensors are longer than the file')
  return { version, metadata, tensors, shards: shardsOf(metadata) }
}

function shardsOf(metadata: ReadonlyMap<string, GgufValue>): number {
  const count = metadata.get('split.count')
  return typeof count === 'number' && count >= 1 && count <= 10_000 ? count : 1
}

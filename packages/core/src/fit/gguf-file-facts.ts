import type { ByteReader } from '../formats/byte-reader.ts'
import { ggufFacts } from '../formats/gguf-facts.ts'
import { readGgufHeader } from '../formats/gguf-header.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import { readShape } from '../memory/model-shape.ts'
import { type ListedFile, sumOf } from './weight-files.ts'

/**
 * The facts of a model from the header of a GGUF file: its shape, its embeddings, and the exact size of its tensors. Of one that
 * is split, the first part has the shape, and all parts together the size.
 * @param parts the files of it, the one that `reader` reads first
 * @throws {HubgateError} `ERR_FILE_HEADER`, and what `reader` throws
 */
export async function ggufFileFacts(
  reader: ByteReader,
  parts: readonly ListedFile[],
  signal: AbortSignal | undefined,
): Promise<ModelFactsForMemory> {
  const { name: _title, config, ...facts } = ggufFacts(await readGgufHeader(reader, signal))
  return {
    ...facts,
    ...(readShape(config, facts) === undefined ? {} : { config }),
    ...(parts.length > 1 ? { weightsBytes: sumOf(parts), weightsBasis: 'files' } : {}),
  }
}
